#include "reports/statistics/proportion.h"

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "core/base/check.h"

namespace holdfast {
namespace {

// The arguments are checked here, so that nothing is left for Boost to throw about; a root that it finds to
// fewer digits than it hoped for is still good to far more digits than are ever shown.
using QuietBeta = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

}  // namespace

Interval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double confidence) {
  HOLDFAST_CHECK(successes <= trials);
  HOLDFAST_CHECK(confidence > 0 && confidence < 1);
  if (trials == 0) return {0, 1};
  const double tail = (1 - confidence) / 2;
  const auto k = static_cast<double>(successes);
  const auto n = static_cast<double>(trials);
  Interval interval{0, 1};
  // n of n and 0 of n have closed forms; the beta quantile would be asked at the edge of its range.
  if (successes == trials) {
    interval.lower = std::exp(std::log(tail) / n);
  } else if (successes > 0) {
    interval.lower = boost::math::ibeta_inv(k, n - k + 1, tail, QuietBeta());
  }
  if (successes == 0) {
    interval.upper = -std::expm1(std::log(tail) / n);
  } else if (successes < trials) {
    interval.upper = boost::math::ibetac_inv(k + 1, n - k, tail, QuietBeta());
  }
  return interval;
}

std::uint64_t clean_runs_needed(double rate, double confidence) {
  HOLDFAST_CHECK(rate > 0 && rate < 1);
  HOLDFAST_CHECK(confidence > 0 && confidence < 1);
  const double exact = std::log1p(-confidence) / std::log(rate);
  // A quotient that is a whole number but for rounding is that number: 0.5^2 shows 0.5 at 75 %,
  // not only 0.5^3.
  const double nearest = std::round(exact);
  const double runs = std::abs(exact - nearest) < 1e-9 * nearest ? nearest : std::ceil(exact);
  return runs < 1 ? 1 : static_cast<std::uint64_t>(runs);
}

double rate_shown_by(std::uint64_t clean, double confidence) {
  HOLDFAST_CHECK(confidence > 0 && confidence < 1);
  return clean == 0 ? 0 : std::exp(std::log1p(-confidence) / static_cast<double>(clean));
}

}  // namespace holdfast
