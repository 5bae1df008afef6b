// How evenly a store served its agents.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

struct Fairness {
  // This agent's part of the broadcasts acknowledged while every agent was still sending, as a multiple of an even
  // share; 0 if there were none.
  double share = 0;
  std::int64_t longest_gap_ns =
      0;  // between two successes, from the barrier on, until its last broadcast was answered
};

// By agent. One pass over all operations.
std::vector<Fairness> fairness_of(const History& history, std::uint32_t agents);

}  // namespace holdfast
