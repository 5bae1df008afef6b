// Which of the calls that wait for an answer comes next.
#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "harness/supervisor/look/file_use.h"

namespace holdfast {

// A trapped call whose caller waits for the answer.
struct WaitingCall {
  std::uint64_t id = 0;  // the kernel's
  pid_t thread = 0;
  seccomp_data data{};
  std::int64_t received_ns = 0;
  std::size_t rules_passed = 0;           // how many let it pass
  std::int64_t look_ns = 0;               // nothing is to be done before that
  std::vector<NamedHolder> waited_for{};  // see obliging_holders.h
};

class Schedule {
 public:
  virtual ~Schedule() = default;
  // The place of one of `received`, which are in the order of their coming and at least one.
  virtual std::size_t next(const std::deque<WaitingCall>& received) = 0;
};

class FirstComeFirstServed : public Schedule {
 public:
  std::size_t next(const std::deque<WaitingCall>&) override { return 0; }
};

}  // namespace holdfast
