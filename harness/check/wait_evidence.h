// What an operation that was late or failed waited for, as far as the record shows, and what the run itself did in
// that time.
//
// A lock that was seen explains a wait. A lock *file* left by a killed process cannot be seen this way, but the
// record has the kill. The kill is named only if no broadcast was acknowledged after it, and not if it came before a
// call that opens a file: then the process had not reached that file. Of several such kills, the one whose file the
// error names counts; else the first, if the operation waited: an operation that failed at once failed for another
// reason. (The conductor looks at locks when most of a deadline has passed.)
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

// The same, else "; at 2.250 s no flock, POSIX or OFD lock was held on the store's files". Not said if the error
// mentions a lock, which then is of another kind.
std::string what_it_waited_for(const History& history, const Operation& operation, std::int64_t until_ns);

// "; in that time the run's own processes used at least 7.100 s of processor time and wrote at least 812 MB"; each
// only if it is a lot: most of a processor all the time, or more than a crowd's saves need.
std::string what_the_run_did(const History& history, std::int64_t from_ns, std::int64_t until_ns);

}  // namespace holdfast
