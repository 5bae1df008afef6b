// What an operation that was late or failed waited for, as far as the record shows it, and what the run itself did
// meanwhile.
//
// A lock that was seen explains a wait. A lock *file* that a killed process left cannot be seen so; but the record has
// the kill. It is named only if no broadcast was ever acknowledged after it, and not if it came before a call that opens
// a file: then the process had not come to that file. Of several such kills the one whose file the error names counts; else
// the first, if the operation waited: what failed at once failed for a reason of its own. (The conductor looks at locks when
// most of a deadline has gone by.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/history/history.h"

namespace holdfast {

// The kill, no later than `until_ns`, since which no broadcast has been acknowledged; or none.
const Kill* kill_that_stopped_all(const History& history, std::int64_t until_ns, std::string_view error,
                                  bool has_waited);

// "; at 2.250 s agent 0 (…) held …", else "; agent 0 was killed at 0.051 s right before closing queue.json.lock, and no
// broadcast has been acknowledged since"; else empty.
std::string held_or_killed(const History& history, const Operation& operation, std::int64_t until_ns);

// The same, else "; at 2.250 s no flock, POSIX or OFD lock was held on the store's files". That is not said if the
// error speaks of a lock, which then is of another kind.
std::string what_it_waited_for(const History& history, const Operation& operation, std::int64_t until_ns);

// "; meanwhile the run's own processes used at least 7.100 s of processor time and wrote at least 812 MB"; each only if
// it is much: most of a processor all the time, more than a crowd's saves need.
std::string what_the_run_did(const History& history, std::int64_t from_ns, std::int64_t until_ns);

}  // namespace holdfast
