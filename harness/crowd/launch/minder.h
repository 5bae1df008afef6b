// Answers for a supervisor that is gone: a process of its own that lets every call through, so that what `holdfast exec`
// leaves behind goes on undisturbed, even if it was killed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "harness/linux/descriptor.h"
#include "harness/supervisor/before/schedule.h"

namespace holdfast {

class Minder {
 public:
  // Forks: call it while the process has only one thread. It answers as soon as this object or this process is gone, and ends
  // with the last process under the filter.
  static Result<Minder> start(const Descriptor& listener);

  // For the supervisor: records which calls were received last, since a supervisor that is killed leaves them unanswered.
  [[nodiscard]] std::unique_ptr<Schedule> schedule() const;

  // The supervisor owes no answer any more. Returns whether processes under the filter are left.
  bool take_over(Descriptor listener);

 private:
  using Newest = std::atomic<std::uint64_t>;  // in memory that both processes see; 0: every call was answered
  Minder(std::shared_ptr<Newest> newest, pid_t process, Descriptor alive)
      : newest_(std::move(newest)), process_(process), alive_(std::move(alive)) {}

  std::shared_ptr<Newest> newest_;
  pid_t process_ = 0;
  Descriptor alive_;  // its other end tells the minder that this one is closed
};

}  // namespace holdfast
