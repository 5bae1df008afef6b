#include "reports/statistics/sprt.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/check.h"

namespace holdfast {
namespace {

constexpr double sprt_least_difference = 1e-9;
// For 19 / 0.05 and the like: the last bit of a logarithm must not decide.
constexpr double sprt_rounding = 1e-12;
constexpr double sprt_negligible = 1e-15;

struct SprtLimits {
  explicit SprtLimits(const SprtPlan& plan)
      : success(std::log(plan.rate_good / plan.rate_bad)),
        failure(std::log1p(-plan.rate_good) - std::log1p(-plan.rate_bad)),
        good(std::log((1 - plan.beta) / plan.alpha) - sprt_rounding),
        bad(std::log(plan.beta / (1 - plan.alpha)) + sprt_rounding) {}

  [[nodiscard]] SprtDecision decide(double successes, double failures) const {
    const double ratio = successes * success + failures * failure;
    if (ratio >= good) return SprtDecision::good;
    return ratio <= bad ? SprtDecision::bad : SprtDecision::undecided;
  }

  double success, failure;  // what one of them adds to the log likelihood ratio
  double good, bad;         // where it ends
};

bool is_share(double value) {
  return value > 0 && value < 1;
}

}  // namespace

Result<> check_sprt_plan(const SprtPlan& plan) {
  const auto wrong = [](const char* name, const char* rule, double value) {
    return fail(Code::invalid, std::string(name) + " of the sequential test must " + rule + ", but is " +
                                   std::to_string(value));
  };
  if (!is_share(plan.rate_good)) return wrong("the good rate", "lie between 0 and 1", plan.rate_good);
  if (!is_share(plan.rate_bad)) return wrong("the bad rate", "lie between 0 and 1", plan.rate_bad);
  if (!(plan.rate_good - plan.rate_bad >= sprt_least_difference)) {
    return wrong("the bad rate", "be less than the good one", plan.rate_bad);
  }
  if (!(plan.alpha > 0 && plan.alpha < 0.5)) return wrong("alpha", "lie between 0 and 0.5", plan.alpha);
  if (!(plan.beta > 0 && plan.beta < 0.5)) return wrong("beta", "lie between 0 and 0.5", plan.beta);
  return {};
}

SprtDecision sprt_decide(const SprtPlan& plan, std::uint64_t successes, std::uint64_t failures) {
  HOLDFAST_CHECK(check_sprt_plan(plan).has_value());
  return SprtLimits(plan).decide(static_cast<double>(successes), static_cast<double>(failures));
}

std::uint64_t straight_successes_needed(const SprtPlan& plan) {
  HOLDFAST_CHECK(check_sprt_plan(plan).has_value());
  const SprtLimits limits(plan);
  return static_cast<std::uint64_t>(std::max(1.0, std::ceil(limits.good / limits.success)));
}

SprtDecision Sprt::feed(bool success) {
  if (decision_ != SprtDecision::undecided) return decision_;
  ++(success ? successes_ : failures_);
  return decision_ = sprt_decide(plan_, successes_, failures_);
}

// After n trials a series that goes on is known by its failures alone, and only few numbers of failures are
// between the limits: their probabilities are carried from one trial to the next.
SprtOutlook sprt_outlook(const SprtPlan& plan, double rate, std::uint64_t most_trials) {
  HOLDFAST_CHECK(check_sprt_plan(plan).has_value());
  HOLDFAST_CHECK(rate >= 0 && rate <= 1);
  const SprtLimits limits(plan);
  SprtOutlook outlook;
  std::vector<double> going_on{1};  // by failures, from `fewest` on
  std::uint64_t fewest = 0;
  double left = 1;
  for (std::uint64_t trial = 1; trial <= most_trials && left > sprt_negligible; ++trial) {
    outlook.trials += left;
    std::vector<double> next(going_on.size() + 1, 0.0);
    for (std::size_t at = 0; at < going_on.size(); ++at) {
      next[at] += going_on[at] * rate;
      next[at + 1] += going_on[at] * (1 - rate);
    }
    left = 0;
    std::size_t first = next.size(), last = 0;
    for (std::size_t at = 0; at < next.size(); ++at) {
      const std::uint64_t failures = fewest + at;
      const SprtDecision decision =
          limits.decide(static_cast<double>(trial - failures), static_cast<double>(failures));
      if (decision == SprtDecision::undecided) {
        left += next[at];
        first = std::min(first, at);
        last = at;
        continue;
      }
      (decision == SprtDecision::good ? outlook.good : outlook.bad) += next[at];
      next[at] = 0;
    }
    if (first > last) {
      left = 0;
      break;
    }
    going_on.assign(next.begin() + static_cast<std::ptrdiff_t>(first),
                    next.begin() + static_cast<std::ptrdiff_t>(last) + 1);
    fewest += first;
  }
  outlook.undecided = left;
  return outlook;
}

SprtErrors sprt_errors(const SprtPlan& plan) {
  return {sprt_outlook(plan, plan.rate_bad).good, sprt_outlook(plan, plan.rate_good).bad};
}

}  // namespace holdfast
