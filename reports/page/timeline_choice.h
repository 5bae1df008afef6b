// Which operations of a run are drawn one by one.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

struct TimelineChoice {
  std::vector<std::uint32_t> operations;        // of History::operations, ascending
  std::uint64_t unsuccessful = 0, refused = 0;  // operations there were; one may be both
  std::uint64_t refusals = 0;                   // calls that were refused, or would have been
};

// All if they and their calls are no more than `items`; else as many as these allow: first those not
// acknowledged or lacking somewhere (`lacking`, by operation), then those with a refusal, then the others.
// Of a kind that does not fit, every k-th.
TimelineChoice chosen_operations(const History& history, const std::vector<std::uint32_t>& lacking,
                                 std::size_t items);

}  // namespace holdfast
