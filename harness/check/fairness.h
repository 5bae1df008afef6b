// How evenly a store served its agents.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

struct Fairness {
  // Of the broadcasts that were acknowledged while every agent still had some to ask for: this agent's, as a multiple
  // of an even share. 0 of none.
  double share = 0;
  std::int64_t longest_gap_ns =
      0;  // between two successes, from the barrier on, until its last broadcast was answered
};

// By agent. One pass over all operations.
std::vector<Fairness> fairness_of(const History& history, std::uint32_t agents);

}  // namespace holdfast
