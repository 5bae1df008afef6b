#include "reports/statistics/confidence_sequence.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>
#include <numbers>

#include "core/base/random.h"

namespace holdfast {
namespace {

// ln of the mixture of all rates' likelihoods to the likelihood of `rate`, integrated from the definition:
// with p = sin^2 x, the weight Beta(1/2, 1/2) of p is the even one of x over a quarter circle.
double log_mixture_ratio(double successes, double failures, double rate) {
  constexpr int steps = 20'000;
  double sum = 0;
  for (int step = 0; step < steps; ++step) {
    const double x = std::numbers::pi / 2 * (step + 0.5) / steps;
    const double log_likelihood = successes * (2 * std::log(std::sin(x)) - std::log(rate)) +
                                  failures * (2 * std::log(std::cos(x)) - std::log1p(-rate));
    sum += std::exp(log_likelihood) / steps;
  }
  return std::log(sum);
}

TEST(ConfidenceSequence, AgreesWithTheMixtureIntegrated) {
  struct Row {
    std::uint64_t successes, trials;
  };
  for (const Row row : {Row{6, 8}, Row{5, 10}, Row{1, 29}, Row{50, 100}, Row{95, 100}, Row{990, 1000}}) {
    for (const double confidence : {0.9, 0.95, 0.999}) {
      const Interval interval = confidence_sequence(row.successes, row.trials, confidence);
      const auto yes = static_cast<double>(row.successes);
      const auto no = static_cast<double>(row.trials - row.successes);
      const double limit = -std::log1p(-confidence);
      EXPECT_NEAR(log_mixture_ratio(yes, no, interval.lower), limit, 1e-6) << row.successes;
      EXPECT_NEAR(log_mixture_ratio(yes, no, interval.upper), limit, 1e-6) << row.successes;
    }
  }
}

TEST(ConfidenceSequence, OnlySuccessesHaveAClosedForm) {
  // B(n + 1/2, 1/2) / B(1/2, 1/2) = 1/2 * 3/4 * 5/6 ... (2n - 1) / 2n, Wallis' product.
  double wallis = 1;
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    const auto whole = static_cast<double>(n);
    wallis *= (2 * whole - 1) / (2 * whole);
    const Interval interval = confidence_sequence(n, n, 0.95);
    ASSERT_NEAR(interval.lower, std::pow(0.05 * wallis, 1 / whole), 1e-12) << n;
    ASSERT_EQ(interval.upper, 1) << n;
    ASSERT_EQ(confidence_sequence(0, n, 0.95).lower, 0) << n;
  }
  EXPECT_NEAR(confidence_sequence(72, 72, 0.95).lower, 0.9238, 5e-5);
  EXPECT_EQ(confidence_sequence(0, 0, 0.95).lower, 0);
  EXPECT_EQ(confidence_sequence(0, 0, 0.95).upper, 1);
}

TEST(ConfidenceSequence, MillionsOfTrialsKeepTheirDigits) {
  const Interval interval = confidence_sequence(999'000'000, 1'000'000'000, 0.95);
  // For large n it is share +- sqrt(p (1 - p) / n * ln(pi n / 2 / alpha^2) + ...), some five deviations.
  const double deviation = std::sqrt(0.999 * 0.001 / 1e9);
  EXPECT_GT(interval.lower, 0.999 - 7 * deviation);
  EXPECT_LT(interval.lower, 0.999 - 4 * deviation);
  EXPECT_GT(interval.upper, 0.999 + 4 * deviation);
  EXPECT_LT(interval.upper, 0.999 + 7 * deviation);
}

constexpr int peeking_runs = 1000;

// How many of 1,000 series have at least one of their intervals miss the true rate, looked at
// after every trial.
int runs_that_ever_miss(double rate, std::uint64_t trials, std::uint64_t seed,
                        Interval (*interval_of)(std::uint64_t, std::uint64_t, double)) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, bool> misses;  // the same counts come back often
  int missed = 0;
  for (int run = 0; run < peeking_runs; ++run) {
    Random random(derive_seed(seed, static_cast<std::uint64_t>(run)));
    std::uint64_t successes = 0;
    for (std::uint64_t trial = 1; trial <= trials; ++trial) {
      if (random.uniform() < rate) ++successes;
      const auto [known, fresh] = misses.try_emplace({successes, trial}, false);
      if (fresh) {
        const Interval interval = interval_of(successes, trial, 0.95);
        known->second = rate < interval.lower || rate > interval.upper;
      }
      if (!known->second) continue;
      ++missed;
      break;
    }
  }
  return missed;
}

// Three standard deviations of a binomial count are allowed for the chance in 1,000 series: 50 + 20.7.
TEST(ConfidenceSequence, CoversUnderPeekingAfterEveryTrial) {
  const double allowed = peeking_runs * 0.05 + 3 * std::sqrt(peeking_runs * 0.05 * 0.95);
  EXPECT_LE(runs_that_ever_miss(0.5, 150, 1, confidence_sequence), allowed);
  EXPECT_LE(runs_that_ever_miss(0.95, 400, 2, confidence_sequence), allowed);
  EXPECT_LE(runs_that_ever_miss(0.99, 600, 3, confidence_sequence), allowed);
  // The same simulation catches an interval that is not made for it.
  EXPECT_GT(runs_that_ever_miss(0.5, 150, 1, clopper_pearson), 2 * allowed);
}

RC_GTEST_PROP(ConfidenceSequence, HoldsItsPointAndMirrors, ()) {
  const auto n = *rc::gen::inRange<std::uint64_t>(1, 2000000);
  const auto k = *rc::gen::inRange<std::uint64_t>(0, n + 1);
  const double rate = static_cast<double>(k) / static_cast<double>(n);
  const Interval interval = confidence_sequence(k, n, 0.95);
  RC_ASSERT(interval.lower >= 0 && interval.lower <= rate && rate <= interval.upper && interval.upper <= 1);
  const Interval mirrored = confidence_sequence(n - k, n, 0.95);
  RC_ASSERT(std::abs(1 - mirrored.upper - interval.lower) < 1e-9);
  const Interval surer = confidence_sequence(k, n, 0.99);
  RC_ASSERT(surer.lower <= interval.lower && surer.upper >= interval.upper);
  const Interval fixed = clopper_pearson(k, n, 0.95);
  RC_ASSERT(interval.upper - interval.lower > fixed.upper - fixed.lower - 1e-12);
}

}  // namespace
}  // namespace holdfast
