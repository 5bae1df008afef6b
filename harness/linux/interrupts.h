// SIGINT, SIGTERM and SIGHUP as a descriptor, for as long as a run lasts.
#pragma once

#include <csignal>

#include "harness/linux/descriptor.h"

namespace holdfast {

// Blocks the signals in the calling thread while it lives; one at a time in a process.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  // Readable when a signal has arrived.
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  // Consumes one signal; false if there is none.
  bool arrived();

 private:
  sigset_t before_{};
  Descriptor descriptor_;
};

}  // namespace holdfast
