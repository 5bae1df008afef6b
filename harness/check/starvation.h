// What a busy machine excuses: an answer that is late because processes were kept from running, and no more.
#pragma once

#include <cstdint>

#include "harness/history/history.h"

namespace holdfast {

// The longest that any agent was ready to run in this run while no processor was free for it. A lock passes the
// lateness of one on to all, so it is not looked up for each.
std::int64_t longest_starvation_ns(const History& history);

}  // namespace holdfast
