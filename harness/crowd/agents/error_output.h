// A subject's standard error: the beginning goes into the agent's log, the end is kept for errors to quote, and a
// flood in between is counted and dropped, so that neither memory nor disk fills up and the program never has to
// wait.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "harness/linux/descriptor.h"

namespace holdfast {

class ErrorOutput {
 public:
  static constexpr std::uint64_t kept_bytes_max = std::uint64_t{256}
                                                  << 10U;  // for all programs that an agent starts

  // `log`: descriptor of the agent's log, not owned.
  explicit ErrorOutput(int log) : log_(log) {}
  ErrorOutput(const ErrorOutput&) = delete;
  ErrorOutput& operator=(const ErrorOutput&) = delete;
  ~ErrorOutput();

  // Drains `pipe` in a thread until all its writers are gone. Waits for the previous thread first.
  void listen(Descriptor pipe);
  void finish();  // waits for that

  [[nodiscard]] std::string last_line() const;  // "" if there is none; any thread
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
