// Which operations of a run are drawn one by one.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

struct TimelineChoice {
  std::vector<std::uint32_t> operations;        // of History::operations, ascending
  std::uint64_t unsuccessful = 0, refused = 0;  // totals; an operation may count in both
  std::uint64_t refusals = 0;                   // calls that were refused, or would have been
};

// All, if they and their calls are at most `items`; else as many as that allows: first those not acknowledged or
// missing from some final read (`lacking`, by operation), then those with a refusal, then the others. Of a kind that
// does not fit, every kth.
TimelineChoice chosen_operations(const History& history, const std::vector<std::uint32_t>& lacking,
                                 std::size_t items);

}  // namespace holdfast
