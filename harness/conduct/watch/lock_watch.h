// When to look at who holds which lock: while an agent has been silent for most of an operation's deadline, and the
// longer it stays silent the more rarely. A pure value; the conductor looks.
#pragma once

#include <cstdint>
#include <map>

#include "core/base/clock.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

class LockWatch {
 public:
  explicit LockWatch(Duration deadline) : deadline_ns_(deadline.count()) {}

  // An agent answered something, or may have begun to do something.
  void heard(std::uint32_t agent, std::int64_t now_ns);
  void forget(std::uint32_t agent) { silent_.erase(agent); }

  // When to look; the greatest number: not until something is heard.
  [[nodiscard]] std::int64_t due_ns() const;

  // A look was taken, from one time to the other.
  void looked(std::int64_t begin_ns, std::int64_t end_ns);

 private:
  struct Silence {
    std::int64_t since_ns = 0;
    std::int64_t look_ns = 0;
  };

  std::int64_t deadline_ns_;
  std::int64_t not_before_ns_ = 0;
  std::map<std::uint32_t, Silence> silent_;
};

}  // namespace holdfast
