#include "harness/scenario/shrink.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

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

// Whatever is needed, no more is left.
RC_GTEST_PROP(ShrinkTest, FindsTheSmallestWhereMoreNeverHelps, ()) {
  const auto agents = *rc::gen::inRange<std::uint32_t>(1, 41);
  const auto broadcasts = *rc::gen::inRange<std::uint32_t>(1, 26);
  const bool needs_b = *rc::gen::arbitrary<bool>();
  int asked = 0;
  const Scenario small = shrink(large(), [&](const Scenario& smaller) {
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
  const Scenario small = shrink(large(), still);
  RC_ASSERT(still(small));
  RC_ASSERT((small.agents.count - 1) * small.agents.broadcasts < product);
  RC_ASSERT(small.agents.count * (small.agents.broadcasts - 1) < product);
}

TEST(ShrinkTest, WhatNothingSmallerDoesStaysAsItIs) {
  EXPECT_EQ(shrink(large(), [](const Scenario&) { return false; }), large());
}

// A scenario whose victims are not there cannot be read.
TEST(ShrinkTest, KeepsWhoIsHeldUp) {
  Scenario scenario = large();
  scenario.injectors[1].kind = InjectorKind::delay;
  scenario.injectors[1].victims = {0, 6};
  const Scenario small = shrink(scenario, [](const Scenario& smaller) { return has(smaller, "b"); });
  EXPECT_EQ(small.agents.count, 7U);
  EXPECT_EQ(shrink(scenario, [](const Scenario&) { return true; }).agents.count, 1U);
}

TEST(ShrinkTest, EndsWhenItIsEnough) {
  int asked = 0;
  const Scenario small = shrink(
      large(), [&](const Scenario&) { return ++asked > 0; }, [&] { return asked >= 2; });
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

}  // namespace
}  // namespace holdfast
