// Attempts and waits, as the supervisor saw them: a subject need not count for itself, nor be believed.
//
// A retry is the same call on the same target after a holder refused it, in the same operation; nothing else is. The
// target of a rename or link is its destination, since an attempt may bring a new temporary file each time. So no probe
// is a retry (unlink, then rmdir, as recursive removals ask what a name is), no poll for a file that is not there, and
// no second call after an error that no holder caused. A refusal that nothing repeated is not one either, whatever the
// operation was answered. The wait before a retry runs from the refusal's answer to the retry: the answer is stamped
// before it is sent and the call after it was received, so a wait is never measured shorter than it was.
//
// Clean-up is no attempt: removing what an earlier rename or link of the same operation had for its source. So a scanner
// that holds the temporary file of a save that was given up adds nothing. No name decides.
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
  int retry = 1;              // of that call: 1 = the wait before its first repeat
  int in_operation = 1;       // of all its calls together
  std::int64_t wait_ns = 0;   // from the refusal to the retry
  std::int64_t spent_ns = 0;  // from when that call was first made to the refusal

  bool operator==(const ObservedWait&) const = default;
};

std::span<const Call> calls_of(const History& history, const Operation& operation);

inline bool is_refused(const Call& call) {
  return call.windows_code != 0 && !call.observed;
}

// Whether a retry may help. A read-only file or a directory in its place refuses too, and has no holder; and an open
// that only agents refuse may be how the store takes a lock, which is waited for and not retried.
bool is_refused_by_holder(const Call& call);

struct Attempts {
  std::vector<const Call*>
      calls;                  // those that a holder refused, and those that repeated such a one; in order
  std::uint32_t refused = 0;  // calls that a holder refused
  std::uint32_t retries = 0;  // calls that repeated such a one
  bool gave_up = false;       // its last refusal was a holder's, and nothing repeated that call
  std::vector<const Call*> given_up;  // calls that a holder refused and nothing repeated; in order
  std::vector<ObservedWait> waits;    // one for each retry
};

Attempts attempts_of(const History& history, const Operation& operation);

std::uint32_t retries_of(const History& history, const Operation& operation);

// Of all operations, in the history's order.
std::vector<ObservedWait> observed_waits(const History& history);

}  // namespace holdfast
