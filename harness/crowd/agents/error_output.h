// What a subject's program writes on standard error: the beginning goes into the agent's log, the end is kept
// for errors to quote, and a flood between them is counted and dropped, so that neither memory nor disk fills
// and the program is never kept waiting.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "harness/linux/descriptor.h"

namespace holdfast {

class ErrorOutput {
 public:
  static constexpr std::uint64_t kept_bytes_max = std::uint64_t{256} << 10U;  // of all that an agent starts

  // `log`: descriptor of the agent's log, not owned.
  explicit ErrorOutput(int log) : log_(log) {}
  ErrorOutput(const ErrorOutput&) = delete;
  ErrorOutput& operator=(const ErrorOutput&) = delete;
  ~ErrorOutput();

  // Drains `pipe` in a thread, until everybody who can write to it is gone. The thread before is waited for.
  void listen(Descriptor pipe);
  void finish();  // waits for that

  [[nodiscard]] std::string last_line() const;  // "" if there is none; from any thread
  [[nodiscard]] std::uint64_t dropped_bytes() const;

 private:
  void drain(int pipe);

  int log_;
  Descriptor pipe_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::string tail_;
  std::uint64_t kept_bytes_ = 0;
  std::uint64_t dropped_bytes_ = 0;
};

}  // namespace holdfast
