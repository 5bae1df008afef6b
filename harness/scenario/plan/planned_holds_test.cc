// What is drawn from the seed for injectors: holds, kills, whether a trigger is acted on.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "core/store/utf8.h"
#include "harness/scenario/plan/audience.h"
#include "harness/scenario/plan/testing_plan.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

TEST(PlannedHoldTest, AConstantHoldIsConstant) {
  const Plan plan = plan_with_hold({milliseconds(400), std::nullopt, std::nullopt});
  for (std::uint64_t n = 0; n < 100; ++n) EXPECT_EQ(planned_hold(plan, 0, n), milliseconds(400));
  EXPECT_EQ(planned_hold(plan_with_hold({milliseconds(9), milliseconds(9), milliseconds(9)}), 0, 1),
            milliseconds(9));
}

// Quantiles of 100,000 holds of one seed: the same numbers on every run, so a tolerance cannot make it flaky.
TEST(PlannedReadTest, IsOfTheAgentAndItsAttempt) {
  Plan plan;
  EXPECT_EQ(planned_read(plan, 0, 0), Duration(0));
  plan.scenario.subject.read_for = HoldTime{std::chrono::milliseconds(5), {}, {}};
  EXPECT_EQ(planned_read(plan, 3, 7), std::chrono::milliseconds(5));
  plan.scenario.subject.read_for->p99 = std::chrono::milliseconds(15);
  EXPECT_EQ(planned_read(plan, 3, 7), planned_read(plan, 3, 7));
  EXPECT_NE(planned_read(plan, 3, 7), planned_read(plan, 3, 8));
  EXPECT_NE(planned_read(plan, 3, 7), planned_read(plan, 4, 7));
}

TEST(PlannedHoldTest, HasTheMedianAndTheP99AskedFor) {
  const Plan plan = plan_with_hold({milliseconds(30), milliseconds(300), std::nullopt});
  std::vector<double> ms;
  for (std::uint64_t n = 0; n < 100'000; ++n)
    ms.push_back(static_cast<double>(planned_hold(plan, 0, n).count()) / 1e6);
  std::sort(ms.begin(), ms.end());
  EXPECT_NEAR(ms[50'000], 30, 0.5);
  EXPECT_NEAR(ms[99'000], 300, 12);
  EXPECT_NEAR(ms[1'000], 3, 0.15);  // as far below the median as p99 is above
  EXPECT_NEAR(ms[84'134], 30 * std::pow(10, 1 / 2.3263478740408408), 2);  // one sigma
}

TEST(PlannedHoldTest, IsCutAtMaxWithoutAHeapThere) {
  const Plan plan = plan_with_hold({milliseconds(30), milliseconds(300), milliseconds(100)});
  std::vector<std::int64_t> ns;
  for (std::uint64_t n = 0; n < 100'000; ++n) ns.push_back(planned_hold(plan, 0, n).count());
  std::sort(ns.begin(), ns.end());
  EXPECT_GT(ns.front(), 0);
  EXPECT_LE(ns.back(), 100'000'000);
  EXPECT_GT(ns.back(), 99'000'000);
  // Of the uncut distribution 11.2 % lie beyond 100 ms; clamped, they would all stand at max.
  EXPECT_LT(std::count_if(ns.begin(), ns.end(), [](std::int64_t hold) { return hold > 99'900'000; }), 200);
  // The median of the cut distribution: 30 ms * exp(sigma * z(0.5 * 0.88795)) = 25.98 ms.
  EXPECT_NEAR(static_cast<double>(ns[50'000]) / 1e6, 25.98, 0.4);
}

RC_GTEST_PROP(PlannedHoldTest, NeverLeavesItsRange, (std::uint64_t seed, std::uint64_t number)) {
  Random random(seed);
  HoldTime hold;
  hold.median = some_duration(random, 1);
  hold.p99 =
      std::min<Duration>(std::chrono::hours(24), hold.median * (1 + static_cast<int>(below(random, 1000))));
  if (below(random, 2) == 0) hold.max = hold.median + some_duration(random);
  Plan plan = plan_with_hold(hold);
  plan.seed = seed;
  const Duration held = planned_hold(plan, 0, number);
  RC_ASSERT(held >= Duration(0));
  RC_ASSERT((!hold.max || held <= *hold.max));  // in parentheses, or both sides are evaluated
  RC_ASSERT(held == planned_hold(plan, 0, number));
}

TEST(PlannedHoldTest, RareHoldsComeByChanceAndLeaveTheOthersAsTheyWere) {
  const HoldTime usual{milliseconds(30), milliseconds(1500), std::nullopt};
  HoldTime with_rare = usual;
  with_rare.rare = RareHolds{0.01, std::chrono::seconds(5), std::chrono::seconds(60)};
  const Plan before = plan_with_hold(usual), plan = plan_with_hold(with_rare);
  std::vector<double> rare_s;
  for (std::uint64_t n = 0; n < 100'000; ++n) {
    const Duration held = planned_hold(plan, 0, n);
    if (held == planned_hold(before, 0, n)) continue;
    rare_s.push_back(std::chrono::duration<double>(held).count());
  }
  EXPECT_NEAR(static_cast<double>(rare_s.size()), 1'000, 100);
  std::sort(rare_s.begin(), rare_s.end());
  EXPECT_GE(rare_s.front(), 5);
  EXPECT_LE(rare_s.back(), 60);
  EXPECT_NEAR(rare_s[rare_s.size() / 2], std::sqrt(5.0 * 60.0),
              1.5);  // half of them below the geometric mean

  with_rare.rare = RareHolds{1, std::chrono::seconds(7), std::chrono::seconds(7)};
  for (std::uint64_t n = 0; n < 100; ++n)
    EXPECT_EQ(planned_hold(plan_with_hold(with_rare), 0, n), std::chrono::seconds(7));
}

TEST(PlannedHoldTest, InjectorsAndNumbersAndSeedsDiffer) {
  Plan plan = plan_with_hold({milliseconds(30), milliseconds(300), std::nullopt});
  const Duration held = planned_hold(plan, 0, 0);
  EXPECT_NE(held, planned_hold(plan, 0, 1));
  EXPECT_NE(held, planned_hold(plan, 1, 0));
  plan.seed = 2;
  EXPECT_NE(held, planned_hold(plan, 0, 0));
}

TEST(PlannedKillTest, ComesWithinTheCallsAskedForAndFollowsTheSeed) {
  Plan plan;
  Injector injector;
  injector.kind = InjectorKind::kill;
  injector.within = 7;
  plan.scenario.injectors = {injector, injector};
  std::set<std::uint64_t> drawn;
  for (std::uint64_t n = 0; n < 1'000; ++n) drawn.insert(planned_kill(plan, 0, n));
  EXPECT_EQ(drawn, (std::set<std::uint64_t>{1, 2, 3, 4, 5, 6, 7}));
  const auto first_kills = [&](std::uint32_t of) {
    std::vector<std::uint64_t> kills;
    for (std::uint64_t n = 0; n < 50; ++n) kills.push_back(planned_kill(plan, of, n));
    return kills;
  };
  const auto kills = first_kills(0);
  EXPECT_EQ(kills, first_kills(0));
  EXPECT_NE(kills, first_kills(1));
  plan.seed = 2;
  EXPECT_NE(kills, first_kills(0));
}

TEST(TriggerTest, IsActedOnByChance) {
  const auto acted_on = [](double chance) {
    const Plan plan = plan_with_hold({milliseconds(1), std::nullopt, std::nullopt}, chance);
    int count = 0;
    for (std::uint64_t n = 0; n < 100'000; ++n) count += acts_on_trigger(plan, 0, n) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(acted_on(0), 0);
  EXPECT_EQ(acted_on(1), 100'000);
  EXPECT_NEAR(acted_on(0.15), 15'000, 400);
}

}  // namespace
}  // namespace holdfast
