// Facts about single operations for pages and tables, beyond what a History has.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// The zero of times: the barrier or, without one, the first operation.
std::int64_t zero_ns_of(const History& history);

// By operation: how many recipients' final reads lack an acknowledged broadcast.
std::vector<std::uint32_t> lacking_recipients(const Plan& plan, const History& history);

}  // namespace holdfast
