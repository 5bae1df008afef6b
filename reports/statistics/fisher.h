// Fisher's exact test: could two counts of successes come from the same rate?
#pragma once

#include <cstdint>

namespace holdfast {

// `yes` of `yes` + `no` in each of the two rows.
struct TwoByTwo {
  std::uint64_t first_yes = 0, first_no = 0;
  std::uint64_t second_yes = 0, second_no = 0;
};

// Two-sided p: of all tables with the same margins, the probability of those that are no more likely than this one
// (the definition of R's fisher.test, its relative tolerance of 1e-7 for ties included). Good to about nine digits
// for counts up to 10^12; a p below 1e-280 is given as 0. An empty row or column gives 1, because it shows nothing.
double fisher_exact(const TwoByTwo& table);

}  // namespace holdfast
