// What pages and tables say of single operations, beyond what a History holds.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// From when on times count: the barrier; of a run without one, its first operation.
std::int64_t zero_ns_of(const History& history);

// By operation: in how many recipients' final reads an acknowledged broadcast is lacking.
std::vector<std::uint32_t> lacking_recipients(const Plan& plan, const History& history);

}  // namespace holdfast
