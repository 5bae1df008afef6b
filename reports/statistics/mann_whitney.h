// The test of Mann and Whitney (Wilcoxon's rank sum): do values of one kind tend to be greater than those of another?
// It assumes nothing about their distributions, so it suits latencies.
#pragma once

#include <optional>
#include <span>

namespace holdfast {

struct MannWhitney {
  double u = 0;        // pairs in which the first value is greater than the second; a tie counts one half
  double p = 1;        // two-sided; 1 if a side is empty or all values are equal
  bool exact = false;  // false: by the normal approximation, corrected for ties and for continuity

  // The size of the difference, which p does not show. A significant p means different, not better.
  double superiority = 0.5;  // u / all pairs: how likely a value of the first side exceeds one of the second
  double cliffs_delta = 0;   // 2 superiority - 1, the rank-biserial correlation: -1 to 1, 0 = no difference

  // The shift of Hodges and Lehmann, the median of all differences first - second, in the unit of the values.
  // None if a side is empty or there are more than 10^6 pairs.
  std::optional<double> shift;
};

// Exact where there are no ties and both sides have fewer than 50 values, as R's wilcox.test decides. Values
// must be finite.
MannWhitney mann_whitney(std::span<const double> first, std::span<const double> second);

}  // namespace holdfast
