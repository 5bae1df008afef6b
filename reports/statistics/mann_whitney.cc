#include "reports/statistics/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "reports/statistics/median.h"

namespace holdfast {
namespace {

constexpr std::size_t exact_values_limit = 50;
constexpr std::size_t most_differences = 1'000'000;

struct RankSum {
  double of_first = 0;
  double ties = 0;  // t^3 - t, summed over groups of t equal values
};

// Equal values share the mean of their ranks.
RankSum rank_sum(std::span<const double> first, std::span<const double> second) {
  std::vector<std::pair<double, bool>> all;  // value, whether it is one of the first
  all.reserve(first.size() + second.size());
  for (const double value : first) all.emplace_back(value, true);
  for (const double value : second) all.emplace_back(value, false);
  std::sort(all.begin(), all.end());
  RankSum sum;
  for (std::size_t from = 0; from < all.size();) {
    std::size_t to = from;
    std::size_t of_first = 0;
    for (; to < all.size() && all[to].first == all[from].first; ++to) of_first += all[to].second ? 1 : 0;
    const auto size = static_cast<double>(to - from);
    sum.of_first += static_cast<double>(of_first) * (static_cast<double>(from + to + 1) / 2);
    sum.ties += size * size * size - size;
    from = to;
  }
  return sum;
}

// The probability of each U of m against n values without ties, by the recurrence of Mann and Whitney (Annals
// of Mathematical Statistics 18, 1947): the greatest of all values is of the first side, and then exceeds all
// n of the second, or it is of the second and exceeds nobody that counts.
std::vector<double> u_distribution(std::size_t m, std::size_t n) {
  std::vector<std::vector<double>> fewer(n + 1, {1.0});  // of m - 1 values against 0 ... n
  for (std::size_t i = 1; i <= m; ++i) {
    std::vector<std::vector<double>> now(n + 1);
    now[0] = {1.0};
    for (std::size_t j = 1; j <= n; ++j) {
      now[j].assign(i * j + 1, 0.0);
      const double first_greatest = static_cast<double>(i) / static_cast<double>(i + j);
      for (std::size_t u = 0; u < fewer[j].size(); ++u) now[j][u + j] += first_greatest * fewer[j][u];
      for (std::size_t u = 0; u < now[j - 1].size(); ++u) now[j][u] += (1 - first_greatest) * now[j - 1][u];
    }
    fewer = std::move(now);
  }
  return fewer[n];
}

double exact_p(double u, std::size_t m, std::size_t n) {
  const std::vector<double> probabilities = u_distribution(m, n);
  const double pairs = static_cast<double>(m) * static_cast<double>(n);
  const auto nearer_end = static_cast<std::size_t>(std::lround(std::min(u, pairs - u)));
  double tail = 0;
  for (std::size_t each = 0; each <= nearer_end; ++each) tail += probabilities[each];
  return std::min(1.0, 2 * tail);
}

double approximate_p(double u, double m, double n, double ties) {
  const double all = m + n;
  const double variance = m * n / 12 * (all + 1 - ties / (all * (all - 1)));
  if (!(variance > 0)) return 1;  // all values are equal
  const double distance = std::max(0.0, std::abs(u - m * n / 2) - 0.5);
  return std::erfc(distance / std::sqrt(variance) / std::numbers::sqrt2);
}

double median_difference(std::span<const double> first, std::span<const double> second) {
  std::vector<double> differences;
  differences.reserve(first.size() * second.size());
  for (const double a : first) {
    for (const double b : second) differences.push_back(a - b);
  }
  return median(std::move(differences));
}

}  // namespace

MannWhitney mann_whitney(std::span<const double> first, std::span<const double> second) {
  for (const auto& side : {first, second}) {
    for (const double value : side) HOLDFAST_CHECK(std::isfinite(value));
  }
  MannWhitney result;
  if (first.empty() || second.empty()) return result;
  const auto m = static_cast<double>(first.size());
  const auto n = static_cast<double>(second.size());
  const RankSum ranks = rank_sum(first, second);
  result.u = ranks.of_first - m * (m + 1) / 2;
  result.exact = ranks.ties == 0 && first.size() < exact_values_limit && second.size() < exact_values_limit;
  result.p = result.exact ? exact_p(result.u, first.size(), second.size())
                          : approximate_p(result.u, m, n, ranks.ties);
  result.superiority = result.u / (m * n);
  result.cliffs_delta = 2 * result.superiority - 1;
  if (m * n <= static_cast<double>(most_differences)) result.shift = median_difference(first, second);
  return result;
}

}  // namespace holdfast
