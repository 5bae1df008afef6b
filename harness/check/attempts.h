// Attempts and waits, as the supervisor saw them: a subject need not count for itself, nor be believed.
//
// An attempt ends in a refused call (a Windows code was answered; calls that were only observed were not
// refused), or ends the operation. The wait after it runs from the answer to the operation's next call that
// belongs to an attempt: the refusal's answer is stamped before it is sent and the next call after it is
// received, so a wait is never measured shorter than it was.
//
// Clean-up is no attempt: unlinking a temporary file, one whose name ends in ".tmp" or that an earlier rename
// of the same operation had for its source. So a scanner that holds the temporary file of a save that was
// given up, or an orphan that is swept before one, adds no attempt. Removing the queue itself (as the origin
// does before it moves the new one there) is part of an attempt, and its refusal ends it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

struct ObservedWait {
  std::uint32_t agent = 0;
  std::uint32_t number = 0;
  Function function = Function::broadcast;
  int retry = 1;  // 1 = the wait before the first retry
  std::int64_t wait_ns = 0;

  bool operator==(const ObservedWait&) const = default;
};

std::span<const Call> calls_of(const History& history, const Operation& operation);

// The calls of an operation that belong to its attempts, in the order in which they came.
std::vector<const Call*> attempt_calls(const History& history, const Operation& operation);

inline bool is_refused(const Call& call) {
  return call.windows_code != 0 && !call.observed;
}

struct Attempts {
  std::uint32_t refused = 0;         // attempts that ended in a refusal
  std::uint32_t retries = 0;         // attempts after a refused one
  bool refused_last = false;         // nothing was tried after the last refusal
  std::int64_t first_call_ns = 0;    // of the first attempt
  std::int64_t last_refusal_ns = 0;  // answered
  std::vector<ObservedWait> waits;   // one for each retry that was seen to begin
};

Attempts attempts_of(const History& history, const Operation& operation);

// Of an acknowledged operation: its refusals, since something was tried after each. Of another: those that
// another attempt followed.
std::uint32_t retries_of(const History& history, const Operation& operation);

// Of all operations, in the history's order.
std::vector<ObservedWait> observed_waits(const History& history);

}  // namespace holdfast
