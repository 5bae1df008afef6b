#include "reports/statistics/fisher.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace holdfast {
namespace {

// The tables with given margins are numbered by their first cell k, from `least` to `greatest`.
struct FisherMargins {
  double first, second, yes;  // both row sums and the sum of the first column

  [[nodiscard]] double least() const { return std::max(0.0, yes - second); }
  [[nodiscard]] double greatest() const { return std::min(yes, first); }
  [[nodiscard]] double likeliest() const {
    return std::clamp(std::floor((first + 1) * (yes + 1) / (first + second + 2)), least(), greatest());
  }
  // P(k + 1) / P(k) of the hypergeometric distribution.
  [[nodiscard]] double step_up(double k) const {
    return (first - k) / (k + 1) * ((yes - k) / (second - yes + k + 1));
  }
};

constexpr double fisher_tie_tolerance = 1e-7;
constexpr double fisher_least_weight = 1e-290;

}  // namespace

// Weights are taken relative to the likeliest table and carried outwards from it by the ratio of neighbours.
// They can only shrink on the way, so nothing overflows, and no difference of large log-gammas costs digits.
// What has shrunk under 1e-290 no longer counts, so the work is some 70 standard deviations however large the
// table is.
double fisher_exact(const TwoByTwo& table) {
  const FisherMargins margins{static_cast<double>(table.first_yes) + static_cast<double>(table.first_no),
                              static_cast<double>(table.second_yes) + static_cast<double>(table.second_no),
                              static_cast<double>(table.first_yes) + static_cast<double>(table.second_yes)};
  if (margins.least() >= margins.greatest()) return 1;

  const auto observed = static_cast<double>(table.first_yes);
  const double mode = margins.likeliest();
  double observed_weight = observed == mode ? 1 : 0;
  std::vector<double> weights{1};
  double weight = 1;
  for (double k = mode; k < margins.greatest(); ++k) {
    weight *= margins.step_up(k);
    if (weight < fisher_least_weight) break;
    if (k + 1 == observed) observed_weight = weight;
    weights.push_back(weight);
  }
  weight = 1;
  for (double k = mode; k > margins.least(); --k) {
    weight /= margins.step_up(k - 1);
    if (weight < fisher_least_weight) break;
    if (k - 1 == observed) observed_weight = weight;
    weights.push_back(weight);
  }
  if (observed_weight == 0) return 0;

  // Smallest first, so that many small terms are not lost beside few large ones.
  std::sort(weights.begin(), weights.end());
  const double limit = observed_weight * (1 + fisher_tie_tolerance);
  double as_unlikely = 0;
  double all = 0;
  for (const double each : weights) {
    if (each <= limit) as_unlikely += each;
    all += each;
  }
  return std::min(1.0, as_unlikely / all);
}

}  // namespace holdfast
