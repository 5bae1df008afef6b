#include "harness/scenario/shrink.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/base/random.h"

namespace holdfast {
namespace {

Scenario large() {
  Scenario scenario;
  scenario.agents.count = 40;
  scenario.agents.broadcasts = 25;
  scenario.agents.neighbours = 8;
  for (const char* name : {"a", "b", "c"}) scenario.injectors.emplace_back().name = name;
  return scenario;
}

bool has(const Scenario& scenario, const std::string& name) {
  return std::any_of(scenario.injectors.begin(), scenario.injectors.end(),
                     [&](const Injector& injector) { return injector.name == name; });
}

Scenario smallest(const Scenario& scenario, const std::function<bool(const Scenario&)>& still) {
  return shrink(scenario, still).back();
}

std::size_t size_of(const Scenario& scenario) {
  return std::size_t{scenario.agents.count} * scenario.agents.broadcasts + scenario.injectors.size();
}

// Whatever is needed, no more is left.
RC_GTEST_PROP(ShrinkTest, FindsTheSmallestWhereMoreNeverHelps, ()) {
  const auto agents = *rc::gen::inRange<std::uint32_t>(1, 41);
  const auto broadcasts = *rc::gen::inRange<std::uint32_t>(1, 26);
  const bool needs_b = *rc::gen::arbitrary<bool>();
  int asked = 0;
  const Scenario small = smallest(large(), [&](const Scenario& smaller) {
    ++asked;
    return smaller.agents.count >= agents && smaller.agents.broadcasts >= broadcasts &&
           (!needs_b || has(smaller, "b"));
  });
  RC_ASSERT(small.agents.count == agents);
  RC_ASSERT(small.agents.broadcasts == broadcasts);
  RC_ASSERT(small.injectors.size() == (needs_b ? 1U : 0U));
  RC_ASSERT(asked < 40);
}

// More agents make up for fewer broadcasts: what is left can lose nothing of either.
RC_GTEST_PROP(ShrinkTest, LeavesNothingThatCanBeTakenAway, ()) {
  const auto product = *rc::gen::inRange<std::uint32_t>(1, 1000);
  const auto still = [&](const Scenario& s) { return s.agents.count * s.agents.broadcasts >= product; };
  const Scenario small = smallest(large(), still);
  RC_ASSERT(still(small));
  RC_ASSERT((small.agents.count - 1) * small.agents.broadcasts < product);
  RC_ASSERT(small.agents.count * (small.agents.broadcasts - 1) < product);
}

TEST(ShrinkTest, WhatNothingSmallerDoesStaysAsItIs) {
  EXPECT_EQ(smallest(large(), [](const Scenario&) { return false; }), large());
}

// A scenario whose victims are not there cannot be read.
TEST(ShrinkTest, KeepsWhoIsHeldUp) {
  Scenario scenario = large();
  scenario.injectors[1].kind = InjectorKind::delay;
  scenario.injectors[1].victims = {0, 6};
  const Scenario small = smallest(scenario, [](const Scenario& smaller) { return has(smaller, "b"); });
  EXPECT_EQ(small.agents.count, 7U);
  EXPECT_EQ(smallest(scenario, [](const Scenario&) { return true; }).agents.count, 1U);
}

TEST(ShrinkTest, EndsWhenItIsEnough) {
  int asked = 0;
  const Scenario small =
      shrink(
          large(), [&](const Scenario&) { return ++asked > 0; }, [&] { return asked >= 2; })
          .back();
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(small.agents.count, 10U);
  EXPECT_EQ(small.agents.broadcasts, 25U);
}

TEST(ShrinkTest, FewerAgentsAreStillAScenario) {
  Scenario scenario = large();
  EXPECT_EQ(with_agents(scenario, 9)->agents.neighbours, 8U);
  EXPECT_FALSE(with_agents(scenario, 8)->agents.neighbours);
  scenario.injectors[0].kind = InjectorKind::kill;
  scenario.injectors[0].victims = {0, 3};
  EXPECT_TRUE(with_agents(scenario, 4));
  EXPECT_FALSE(with_agents(scenario, 3));
}

// A store that fails now and then: the smaller the crowd, the seldomer. The search takes four of five for a yes, as
// `holdfast shrink` does, and is told it by luck as well; what is left in the end failed in eight of ten fresh runs.
RC_GTEST_PROP(ShrinkTest, WhateverIsLeftFailedAsOftenAsItMustWhenTriedOnceMore, ()) {
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const auto full = *rc::gen::inRange<std::size_t>(1, 2000);  // the size from which on it always fails
  const auto failures = [&](const Scenario& scenario, int runs) {
    const double rate = static_cast<double>(size_of(scenario)) / static_cast<double>(full);
    int failed = 0;
    for (int run = 0; run < runs; ++run) failed += random.uniform() < rate ? 1 : 0;
    return failed;
  };
  auto path = shrink(large(), [&](const Scenario& smaller) { return failures(smaller, 5) >= 4; });
  const auto searched = path;
  for (std::size_t at = 1; at < path.size(); ++at) RC_ASSERT(size_of(path[at]) < size_of(path[at - 1]));
  RC_ASSERT(path.front() == large());

  std::vector<int> verified;  // one a scenario, from the smallest on
  go_back_until(path, [&](const Scenario& scenario) {
    RC_ASSERT(scenario == searched[searched.size() - 1 - verified.size()]);
    verified.push_back(failures(scenario, 10));
    return verified.back() >= 8;
  });
  RC_ASSERT(verified.size() == std::min(searched.size() - path.size() + 1, searched.size()));
  for (std::size_t at = 0; at < verified.size(); ++at)
    RC_ASSERT((verified[at] >= 8) == (!path.empty() && at + 1 == verified.size()));
  RC_CLASSIFY(path.size() < searched.size());
}

}  // namespace
}  // namespace holdfast
