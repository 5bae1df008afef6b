// When to look at locks: once an agent has been silent for most of an operation's deadline, and then at growing
// intervals. A pure value; the conductor does the looking.
#pragma once

#include <cstdint>
#include <map>

#include "core/base/clock.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

class LockWatch {
 public:
  explicit LockWatch(Duration deadline) : deadline_ns_(deadline.count()) {}

  // An agent answered, or may have begun an operation.
  void heard(std::uint32_t agent, std::int64_t now_ns);
  void forget(std::uint32_t agent) { silent_.erase(agent); }

  // When to look; the greatest number means not until something is heard.
  [[nodiscard]] std::int64_t due_ns() const;

  // A look took place between these times.
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
