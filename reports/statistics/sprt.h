// Wald's sequential probability ratio test: stops a series of trials as soon as the data suffice, and keeps the
// promised error rates although the data decide when to stop.
//
// H1 says that the success rate is `rate_good` or better, H0 that it is `rate_bad` or worse. With s successes
// and f failures the logarithm of their likelihood ratio is
//   s ln(good / bad) + f ln((1 - good) / (1 - bad));
// the series ends `good` at ln((1 - beta) / alpha) and `bad` at ln(beta / (1 - alpha)) (Wald, Annals of
// Mathematical Statistics 16, 1945). Rates between the two may end either way: the test does not judge them.
//
// Wald's limits are approximate: they only guarantee alpha / (1 - beta) and beta / (1 - alpha), 5.3 % for a requested
// 5 %. `sprt_errors` gives a plan's exact errors.
#pragma once

#include <cstdint>

#include "core/base/result.h"

namespace holdfast {

struct SprtPlan {
  double rate_good = 0.99;
  double rate_bad = 0.95;
  double alpha = 0.05;  // how often a rate of `rate_bad` may be called good
  double beta = 0.05;   // how often a rate of `rate_good` may be called bad
};

// Code::invalid, naming the wrong one of the four, unless 0 < rate_bad < rate_good < 1, alpha and beta are between 0
// and 0.5, and the rates differ by 10^-9 or more. Every function below needs a valid plan.
[[nodiscard]] Result<> check_sprt_plan(const SprtPlan& plan);

enum class SprtDecision { undecided, good, bad };

// The decision for these counts alone. A series ends with its first decision: call this after every trial, or use
// Sprt.
SprtDecision sprt_decide(const SprtPlan& plan, std::uint64_t successes, std::uint64_t failures);

// How many successes in a row, from the first trial on, are called good: 72 for the plan above.
std::uint64_t straight_successes_needed(const SprtPlan& plan);

// A series, fed one trial at a time. Its first decision stands: later trials are not counted.
class Sprt {
 public:
  explicit Sprt(const SprtPlan& plan) : plan_(plan) {}

  SprtDecision feed(bool success);

  [[nodiscard]] SprtDecision decision() const { return decision_; }
  [[nodiscard]] std::uint64_t successes() const { return successes_; }
  [[nodiscard]] std::uint64_t failures() const { return failures_; }

 private:
  SprtPlan plan_;
  std::uint64_t successes_ = 0, failures_ = 0;
  SprtDecision decision_ = SprtDecision::undecided;
};

// The outcome of a series with the true rate `rate` (0 <= rate <= 1), summed over all possible courses. Courses
// longer than `most_trials` stay undecided.
struct SprtOutlook {
  double good = 0, bad = 0, undecided = 0;  // probabilities
  double trials = 0;                        // expected, at most `most_trials`
};
SprtOutlook sprt_outlook(const SprtPlan& plan, double rate, std::uint64_t most_trials = 100'000);

// The errors of the plan: how often rate_bad is called good and rate_good bad. For the plan above 4.99 % and
// 2.89 %.
struct SprtErrors {
  double alpha = 0, beta = 0;
};
SprtErrors sprt_errors(const SprtPlan& plan);

}  // namespace holdfast
