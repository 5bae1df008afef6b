// What a busy machine excuses: an answer that is late because processes were kept from running, or because the disk
// stood still, and no more.
#pragma once

#include <cstdint>
#include <string>

#include "harness/history/history.h"

namespace holdfast {

// How long agents and the supervisor, all together, were ready to run while no processor was free for them, and how
// long the disk stood still. The sum over processes, since a lock passes the lateness of each on to those behind it: no
// answer is later than that by the machine's fault.
std::int64_t starvation_ns(const History& history);

// "; but the machine was so busy that …", the end of a witness.
std::string excused_by(const History& history);

}  // namespace holdfast
