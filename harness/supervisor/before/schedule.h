// Which waiting call is answered next.
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
  std::size_t rules_passed = 0;           // how many rules let it pass
  std::int64_t look_ns = 0;               // not before this time
  std::vector<NamedHolder> waited_for{};  // see obliging_holders.h
};

class Schedule {
 public:
  virtual ~Schedule() = default;
  // The index of a call in `received`, which is in order of arrival and not empty.
  virtual std::size_t next(const std::deque<WaitingCall>& received) = 0;
};

class FirstComeFirstServed : public Schedule {
 public:
  std::size_t next(const std::deque<WaitingCall>&) override { return 0; }
};

}  // namespace holdfast
