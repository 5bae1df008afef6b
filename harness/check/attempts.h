// Attempts and waits, as the supervisor saw them: a subject need not count them, and is not trusted to.
//
// A retry is the same call on the same target after a holder refused it, in the same operation, and nothing else. The
// target of a rename or link is its destination, since each attempt may use a new temporary file. So these are not
// retries: a probe (unlink, then rmdir, as in recursive removals), a poll for a missing file, a second call after an
// error without a holder, and a refusal that was never repeated, whatever the operation's outcome. The wait before a
// retry runs from the refusal's answer to the retry: the answer is stamped before it is sent and the call after it
// was received, so a measured wait is never too short.
//
// Clean-up is not an attempt: removing the source of an earlier rename or link of the same operation. So a scanner
// that holds the temporary file of an abandoned save adds nothing. File names play no role.
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
  int retry = 1;              // of that call: 1 = the wait before its first retry
  int in_operation = 1;       // across all its calls
  std::int64_t wait_ns = 0;   // from the refusal to the retry
  std::int64_t spent_ns = 0;  // from when that call was first made to the refusal

  bool operator==(const ObservedWait&) const = default;
};

std::span<const Call> calls_of(const History& history, const Operation& operation);

inline bool is_refused(const Call& call) {
  return call.windows_code != 0 && !call.observed;
}

// Whether a retry may help. A read-only file, or a directory in its place, refuses too but has no holder; and an open
// refused only by agents may be how the store takes a lock, which is waiting, not retrying.
bool is_refused_by_holder(const Call& call);

struct Attempts {
  std::vector<const Call*> calls;     // those that a holder refused, and their retries; in order
  std::uint32_t refused = 0;          // calls that a holder refused
  std::uint32_t retries = 0;          // calls that repeated one of these
  bool gave_up = false;               // its last refusal was by a holder, and that call was not repeated
  std::vector<const Call*> given_up;  // calls that a holder refused and that were not repeated; in order
  std::vector<ObservedWait> waits;    // one for each retry
};

Attempts attempts_of(const History& history, const Operation& operation);

std::uint32_t retries_of(const History& history, const Operation& operation);

// For all operations, in the history's order.
std::vector<ObservedWait> observed_waits(const History& history);

}  // namespace holdfast
