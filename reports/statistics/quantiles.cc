#include "reports/statistics/quantiles.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace holdfast {

std::uint64_t nearest_rank(std::uint64_t count, double q) {
  HOLDFAST_CHECK(count > 0 && q > 0 && q <= 1);
  // 0.07 * 100 is 7.000000000000001 in binary; that is the 7th, not the 8th.
  const double exact = q * static_cast<double>(count);
  const auto rank = static_cast<std::uint64_t>(std::ceil(exact * (1 - 1e-12)));
  return std::clamp<std::uint64_t>(rank, 1, count);
}

Quantiles quantiles_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](double q) { return values[nearest_rank(values.size(), q) - 1]; };
  return {at(0.50), at(0.90), at(0.99), values.back()};
}

std::uint64_t quantile_of(const std::map<std::uint64_t, std::uint64_t>& histogram, double q) {
  std::uint64_t total = 0;
  for (const auto& [value, times] : histogram) total += times;
  if (total == 0) return 0;
  std::uint64_t left = nearest_rank(total, q);
  for (const auto& [value, times] : histogram) {
    if (times >= left) return value;
    left -= times;
  }
  return histogram.rbegin()->first;
}

}  // namespace holdfast
