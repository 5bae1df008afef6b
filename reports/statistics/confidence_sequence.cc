#include "reports/statistics/confidence_sequence.h"

#include <cmath>
#include <numbers>

#include "core/base/check.h"

namespace holdfast {
namespace {

// ln of x^count, where 0^0 is 1.
double log_power(double log_x, double count) {
  return count == 0 ? 0 : count * log_x;
}

}  // namespace

Interval confidence_sequence(std::uint64_t successes, std::uint64_t trials, double confidence) {
  HOLDFAST_CHECK(successes <= trials);
  HOLDFAST_CHECK(confidence > 0 && confidence < 1);
  if (trials == 0) return {0, 1};
  const auto yes = static_cast<double>(successes);
  const auto no = static_cast<double>(trials - successes);
  // The mixture's likelihood, B(yes + 1/2, no + 1/2) / B(1/2, 1/2), and what a rate in the interval exceeds.
  const double mixture =
      std::lgamma(yes + 0.5) + std::lgamma(no + 0.5) - std::lgamma(yes + no + 1) - std::log(std::numbers::pi);
  const double limit = mixture + std::log1p(-confidence);
  const auto inside = [&](double rate) {
    return log_power(std::log(rate), yes) + log_power(std::log1p(-rate), no) > limit;
  };
  // The likelihood falls on both sides of its peak, so each end is found by halving. 60 steps are as fine as
  // a double is near 1.
  const double peak = yes / (yes + no);
  const auto edge = [&](double outside) {
    double in = peak, out = outside;
    for (int step = 0; step < 60; ++step) {
      const double middle = (in + out) / 2;
      (inside(middle) ? in : out) = middle;
    }
    return out;
  };
  return {successes == 0 ? 0 : edge(0), successes == trials ? 1 : edge(1)};
}

}  // namespace holdfast
