#include "reports/statistics/proportion.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace holdfast {
namespace {

struct PublishedInterval {
  std::uint64_t successes, trials;
  double lower, upper, tolerance;
  const char* source;
};

const PublishedInterval published_intervals[] = {
    {81, 263, 0.2527, 0.3676, 5e-5, "Newcombe, Statistics in Medicine 17 (1998), table I, method 5"},
    {15, 148, 0.0578, 0.1617, 5e-5, "Newcombe 1998, table I, method 5"},
    {0, 20, 0.0, 0.1684, 5e-5, "Newcombe 1998, table I, method 5"},
    {1, 29, 0.0009, 0.1776, 5e-5, "Newcombe 1998, table I, method 5"},
    {6, 8, 0.349, 0.968, 5e-4, "the origin's 6 of 8"},
    {8, 8, 0.631, 1.0, 5e-4, "the origin's 8 of 8"},
    {6, 8, 0.34914420558717574, 0.9681459737500557, 1e-12, "bisection of exact binomial tails"},
    {5, 8, 0.2448632163665516, 0.9147665858627464, 1e-12, "bisection of exact binomial tails"},
    {1, 10, 0.0025285785444617835, 0.4450161170281953, 1e-12, "bisection of exact binomial tails"},
};

TEST(Proportion, AgreesWithPublishedIntervals) {
  for (const auto& row : published_intervals) {
    const Interval interval = clopper_pearson(row.successes, row.trials, 0.95);
    EXPECT_NEAR(interval.lower, row.lower, row.tolerance)
        << row.successes << "/" << row.trials << ": " << row.source;
    EXPECT_NEAR(interval.upper, row.upper, row.tolerance)
        << row.successes << "/" << row.trials << ": " << row.source;
  }
}

TEST(Proportion, EdgesAreExact) {
  EXPECT_EQ(clopper_pearson(0, 0, 0.95).lower, 0);
  EXPECT_EQ(clopper_pearson(0, 0, 0.95).upper, 1);
  for (const std::uint64_t n : {1ULL, 8ULL, 2995ULL, 1000000ULL, 1000000000000ULL}) {
    EXPECT_EQ(clopper_pearson(0, n, 0.95).lower, 0) << n;
    EXPECT_EQ(clopper_pearson(n, n, 0.95).upper, 1) << n;
    EXPECT_NEAR(std::pow(clopper_pearson(n, n, 0.95).lower, static_cast<double>(n)), 0.025, 1e-4) << n;
  }
}

TEST(Proportion, RuleOfThreeHolds) {
  // Hanley and Lippman-Hand (JAMA 249, 1983): no failure in n trials, one-sided 95 %: about 3/n.
  EXPECT_NEAR(1 - rate_shown_by(1000, 0.95), 3.0 / 1000, 1e-5);
  EXPECT_EQ(rate_shown_by(0, 0.95), 0);
}

TEST(Proportion, CleanRunsNeeded) {
  // Wilks (Annals of Mathematical Statistics 13, 1942), one-sided tolerance limits of the first order:
  // how many samples until their extreme bounds the share `rate` of the population, as his table has
  // been printed since.
  EXPECT_EQ(clean_runs_needed(0.90, 0.95), 29U);
  EXPECT_EQ(clean_runs_needed(0.90, 0.99), 44U);
  EXPECT_EQ(clean_runs_needed(0.95, 0.95), 59U);
  EXPECT_EQ(clean_runs_needed(0.95, 0.99), 90U);
  EXPECT_EQ(clean_runs_needed(0.99, 0.95), 299U);
  EXPECT_EQ(clean_runs_needed(0.99, 0.99), 459U);
  EXPECT_EQ(clean_runs_needed(0.999, 0.95), 2995U) << "ln 0.05 / ln 0.999 = 2994.2";
  EXPECT_EQ(clean_runs_needed(0.5, 0.75), 2U) << "a whole quotient is not rounded up";
  EXPECT_EQ(clean_runs_needed(0.01, 0.5), 1U);
}

RC_GTEST_PROP(Proportion, IntervalHoldsItsPointAndMirrors, ()) {
  const auto n = *rc::gen::inRange<std::uint64_t>(1, 2000000);
  const auto k = *rc::gen::inRange<std::uint64_t>(0, n + 1);
  const double rate = static_cast<double>(k) / static_cast<double>(n);
  const Interval interval = clopper_pearson(k, n, 0.95);
  RC_ASSERT(std::isfinite(interval.lower) && std::isfinite(interval.upper));
  RC_ASSERT(interval.lower >= 0 && interval.upper <= 1);
  RC_ASSERT(interval.lower <= rate && rate <= interval.upper);
  const Interval mirrored = clopper_pearson(n - k, n, 0.95);
  RC_ASSERT(std::abs(1 - mirrored.upper - interval.lower) < 1e-9);
  const Interval surer = clopper_pearson(k, n, 0.99);
  RC_ASSERT(surer.lower <= interval.lower && surer.upper >= interval.upper);
}

RC_GTEST_PROP(Proportion, CoversTheTruthAsOftenAsItSays, ()) {
  // Summed over every outcome of n trials, not sampled.
  const auto n = *rc::gen::inRange<std::uint64_t>(1, 60);
  const double truth = *rc::gen::inRange(1, 1000) / 1000.0;
  double covered = 0;
  for (std::uint64_t k = 0; k <= n; ++k) {
    const Interval interval = clopper_pearson(k, n, 0.95);
    if (interval.lower > truth || truth > interval.upper) continue;
    const auto whole = static_cast<double>(n);
    const auto part = static_cast<double>(k);
    covered += std::exp(std::lgamma(whole + 1) - std::lgamma(part + 1) - std::lgamma(whole - part + 1) +
                        part * std::log(truth) + (whole - part) * std::log1p(-truth));
  }
  RC_ASSERT(covered >= 0.95 - 1e-9);
}

RC_GTEST_PROP(Proportion, CleanRunsAreTheLeastThatShowTheRate, ()) {
  const double rate = *rc::gen::inRange(100, 100000) / 100001.0;
  const double confidence = *rc::gen::inRange(1, 1000) / 1000.0;
  const auto n = static_cast<double>(clean_runs_needed(rate, confidence));
  RC_ASSERT(std::pow(rate, n) <= (1 - confidence) * (1 + 1e-6));
  RC_ASSERT((n == 1 || std::pow(rate, n - 1) >
                           (1 - confidence) * (1 - 1e-6)));  // in parentheses, or both sides are evaluated
  RC_ASSERT(rate_shown_by(clean_runs_needed(rate, confidence), confidence) >= rate * (1 - 1e-9));
}

}  // namespace
}  // namespace holdfast
