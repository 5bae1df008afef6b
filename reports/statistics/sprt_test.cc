#include "reports/statistics/sprt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "core/base/random.h"
#include "reports/statistics/proportion.h"

namespace holdfast {
namespace {

using Decision = SprtDecision;

TEST(Sprt, ByHand) {
  // ln 19 / ln(0.99 / 0.95) = 71.39; a failure weighs ln 5, two of them more than ln 19.
  const SprtPlan plan;
  EXPECT_EQ(straight_successes_needed(plan), 72U);
  EXPECT_EQ(sprt_decide(plan, 71, 0), Decision::undecided);
  EXPECT_EQ(sprt_decide(plan, 72, 0), Decision::good);
  EXPECT_EQ(sprt_decide(plan, 0, 1), Decision::undecided);
  EXPECT_EQ(sprt_decide(plan, 0, 2), Decision::bad);
  EXPECT_EQ(sprt_decide(plan, 7, 2), Decision::undecided) << "seven successes weigh more than what is over";
  EXPECT_EQ(sprt_decide(plan, 110, 1), Decision::undecided);
  EXPECT_EQ(sprt_decide(plan, 111, 1), Decision::good) << "a failure costs 39.02 successes";
}

// Wald (Sequential Analysis, 1947, 5.3) draws the limits as two lines: of m articles a lot with
// h0 + slope m defectives or fewer is taken, one with h1 + slope m or more is not.
TEST(Sprt, AgreesWithWaldsAcceptanceLines) {
  const SprtPlan plan{0.9, 0.7, 0.03, 0.02};  // at most 10 % defective against 30 %
  const double scale = std::log(0.3 / 0.1) + std::log(0.9 / 0.7);
  const double slope = std::log(0.9 / 0.7) / scale;
  const double h0 = std::log(0.03 / 0.98) / scale;
  const double h1 = std::log(0.97 / 0.02) / scale;
  EXPECT_NEAR(slope, 0.1862, 1e-4);
  EXPECT_NEAR(h0, -2.583, 1e-3);
  EXPECT_NEAR(h1, 2.876, 1e-3);
  for (std::uint64_t m = 1; m <= 200; ++m) {
    for (std::uint64_t defective = 0; defective <= m; ++defective) {
      const double over = static_cast<double>(defective) - slope * static_cast<double>(m);
      const Decision wanted = over <= h0 ? Decision::good : over >= h1 ? Decision::bad : Decision::undecided;
      ASSERT_EQ(sprt_decide(plan, m - defective, defective), wanted) << defective << " of " << m;
    }
  }
}

// With rates that mirror each other the test is a fair-sized walk between two walls: the gambler's ruin,
// whose chances and length are known in closed form (Feller, An Introduction to Probability Theory, vol. 1,
// XIV.2 and XIV.3).
TEST(Sprt, OutlookAgreesWithTheGamblersRuin) {
  const SprtPlan plan{0.6, 0.4, 0.05, 0.05};
  const double wall = 8;  // ln 19 / ln 1.5 = 7.26, so 8 steps
  EXPECT_EQ(straight_successes_needed(plan), 8U);
  for (const double rate : {0.3, 0.4, 0.45, 0.6, 0.8}) {
    const double odds = (1 - rate) / rate;
    const double good = 1 / (1 + std::pow(odds, wall));
    const SprtOutlook outlook = sprt_outlook(plan, rate);
    EXPECT_NEAR(outlook.good, good, 1e-12) << rate;
    EXPECT_NEAR(outlook.bad, 1 - good, 1e-12) << rate;
    EXPECT_LT(outlook.undecided, 1e-12) << rate;
    EXPECT_NEAR(outlook.trials, wall * (2 * good - 1) / (2 * rate - 1), 1e-9) << rate;
  }
}

TEST(Sprt, ErrorsOfTheUsualPlan) {
  // Summed over all courses by a program of its own, in another language.
  const SprtErrors errors = sprt_errors({});
  EXPECT_NEAR(errors.alpha, 0.04989820188503879, 1e-12);
  EXPECT_NEAR(errors.beta, 0.02885524324333338, 1e-12);
  EXPECT_NEAR(sprt_outlook({}, 0.95).trials, 78.66122844084087, 1e-9);
  EXPECT_NEAR(sprt_outlook({}, 0.99).trials, 112.55439849630663, 1e-9);
  const SprtErrors finer = sprt_errors({0.999, 0.99, 0.05, 0.05});
  EXPECT_NEAR(finer.alpha, 0.05113559869535229, 1e-12) << "above 5 %: Wald's limits are approximate";
  const SprtOutlook sure = sprt_outlook({}, 1);
  EXPECT_EQ(sure.good, 1);
  EXPECT_EQ(sure.trials, 72);
  EXPECT_EQ(sprt_outlook({}, 0).bad, 1);
  EXPECT_EQ(sprt_outlook({}, 1, 71).undecided, 1);
}

constexpr int simulated_runs = 1000;

struct Simulated {
  int good = 0, bad = 0;
};

Simulated simulate(const SprtPlan& plan, double rate, std::uint64_t seed) {
  Simulated result;
  for (int run = 0; run < simulated_runs; ++run) {
    Random random(derive_seed(seed, static_cast<std::uint64_t>(run)));
    Sprt series(plan);
    while (series.feed(random.uniform() < rate) == Decision::undecided) {
    }
    ++(series.decision() == Decision::good ? result.good : result.bad);
  }
  return result;
}

// The share of wrong ends among 1,000 series may exceed a promise that is kept, by chance. What is allowed
// for that: three standard deviations of a binomial count at the promised rate, 50 + 20.7 for 5 %. Of a rate
// beyond those of the plan nothing is allowed: it must err less often than was promised.
TEST(Sprt, ErrorsOfAThousandSimulatedSeriesStayBelowThosePromised) {
  const SprtPlan plan;
  const double promised = simulated_runs * plan.alpha;
  const double allowed = promised + 3 * std::sqrt(promised * (1 - plan.alpha));
  ASSERT_EQ(plan.alpha, plan.beta);
  EXPECT_LE(simulate(plan, plan.rate_bad, 1).good, allowed);
  EXPECT_LE(simulate(plan, plan.rate_good, 2).bad, allowed);
  for (const double rate : {0.5, 0.8, 0.9, 0.93}) EXPECT_LE(simulate(plan, rate, 3).good, promised) << rate;
  for (const double rate : {0.995, 0.999, 0.9999}) EXPECT_LE(simulate(plan, rate, 4).bad, promised) << rate;
  // And they agree with what was summed: within four standard deviations, at rates between as well.
  for (const double rate : {0.93, 0.95, 0.97, 0.99}) {
    const double good = sprt_outlook(plan, rate).good;
    const double deviation = std::sqrt(simulated_runs * good * (1 - good));
    EXPECT_NEAR(simulate(plan, rate, 5).good, simulated_runs * good, 4 * deviation) << rate;
  }
}

// What the sequential test is for: to look at an ordinary interval after every trial, and to stop as soon as
// it excludes the bad rate, errs far more often than it says.
TEST(Sprt, AnOrdinaryIntervalLookedAtAfterEveryTrialBreaksItsPromise) {
  constexpr double rate = 0.5;
  int excluded = 0;
  for (int run = 0; run < simulated_runs; ++run) {
    Random random(derive_seed(6, static_cast<std::uint64_t>(run)));
    std::uint64_t successes = 0;
    for (std::uint64_t trial = 1; trial <= 100; ++trial) {
      if (random.uniform() < rate) ++successes;
      const double share = static_cast<double>(successes) / static_cast<double>(trial);
      if (share < 0.6) continue;  // no interval around so little lies above one half
      if (clopper_pearson(successes, trial, 0.9).lower <= rate) continue;
      ++excluded;
      break;
    }
  }
  EXPECT_GT(excluded, 0.1 * simulated_runs) << "one-sided 5 % were promised";
}

TEST(Sprt, TheFirstDecisionStands) {
  Sprt series({});
  EXPECT_EQ(series.feed(false), Decision::undecided);
  EXPECT_EQ(series.feed(false), Decision::bad);
  for (int trial = 0; trial < 1000; ++trial) EXPECT_EQ(series.feed(true), Decision::bad);
  EXPECT_EQ(series.successes(), 0U);
  EXPECT_EQ(series.failures(), 2U);
}

TEST(Sprt, SaysWhatIsWrongWithAPlan) {
  EXPECT_TRUE(check_sprt_plan({}));
  struct Row {
    SprtPlan plan;
    const char* words;
  };
  const double nan = std::nan("");
  const Row rows[] = {
      {{1, 0.95, 0.05, 0.05}, "good rate"},    {{nan, 0.95, 0.05, 0.05}, "good rate"},
      {{0.99, 0, 0.05, 0.05}, "bad rate"},     {{0.99, 0.99, 0.05, 0.05}, "less than the good"},
      {{0.95, 0.99, 0.05, 0.05}, "less than"}, {{0.99, nan, 0.05, 0.05}, "bad rate"},
      {{0.99, 0.95, 0, 0.05}, "alpha"},        {{0.99, 0.95, 0.5, 0.05}, "alpha"},
      {{0.99, 0.95, 0.05, 0.5}, "beta"},       {{0.99, 0.95, 0.05, -1}, "beta"},
  };
  for (const auto& row : rows) {
    const auto checked = check_sprt_plan(row.plan);
    ASSERT_FALSE(checked) << row.words;
    EXPECT_EQ(checked.error().code, Code::invalid);
    EXPECT_THAT(checked.error().message, testing::HasSubstr(row.words));
  }
}

RC_GTEST_PROP(Sprt, KeepsWhatWaldProved, ()) {
  // Wald 1945: alpha' <= alpha / (1 - beta), beta' <= beta / (1 - alpha), alpha' + beta' <= alpha + beta.
  const double bad = *rc::gen::inRange(20, 900) / 1000.0;
  const double good = bad + *rc::gen::inRange(50, 1000 - static_cast<int>(bad * 1000)) / 1000.0 * 0.99;
  const double alpha = *rc::gen::inRange(5, 300) / 1000.0;
  const double beta = *rc::gen::inRange(5, 300) / 1000.0;
  const SprtPlan plan{good, bad, alpha, beta};
  RC_PRE(check_sprt_plan(plan).has_value());
  const SprtErrors errors = sprt_errors(plan);
  RC_ASSERT(errors.alpha <= alpha / (1 - beta) + 1e-9);
  RC_ASSERT(errors.beta <= beta / (1 - alpha) + 1e-9);
  RC_ASSERT(errors.alpha + errors.beta <= alpha + beta + 1e-9);
  const std::uint64_t straight = straight_successes_needed(plan);
  RC_ASSERT(sprt_decide(plan, straight, 0) == Decision::good);
  RC_ASSERT(sprt_decide(plan, straight - 1, 0) != Decision::good);
}

}  // namespace
}  // namespace holdfast
