#include "harness/crowd/launch/crew.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <set>

namespace holdfast {
namespace {

Plan plan_for(std::uint32_t agents, std::size_t injectors) {
  Plan plan;
  plan.scenario.agents.count = agents;
  plan.scenario.injectors.resize(injectors);
  return plan;
}

// Events, logs and the launcher tell members apart by role and index, and by token.
RC_GTEST_PROP(Crew, EveryMemberOnceAgentsFirst, ()) {
  const auto agents = *rc::gen::inRange<std::uint32_t>(1, 300);
  const auto injectors = *rc::gen::inRange<std::size_t>(0, 20);
  const auto crew = crew_of(plan_for(agents, injectors));
  RC_ASSERT(crew.size() == agents + injectors);
  std::set<std::string> logs;
  for (std::size_t i = 0; i < crew.size(); ++i) {
    const bool agent = i < agents;
    RC_ASSERT(crew[i].role == (agent ? Role::agent : Role::injector));
    RC_ASSERT(crew[i].index == (agent ? i : i - agents));
    RC_ASSERT(crew[i].process == 0);
    RC_ASSERT(!crew[i].ready && !crew[i].done && !crew[i].exited);
    logs.insert(log_name(crew[i]));
  }
  RC_ASSERT(logs.size() == crew.size());
}

TEST(Crew, WhatKillsHasNoProcess) {
  Plan plan = plan_for(1, 3);
  plan.scenario.injectors[1].kind = InjectorKind::kill;
  const auto crew = crew_of(plan);
  ASSERT_EQ(crew.size(), 3U);
  EXPECT_EQ(crew[1].index, 0U);
  EXPECT_EQ(crew[2].index, 2U);
  EXPECT_EQ(crew[2].role, Role::injector);
}

TEST(Crew, ReadersAreAgentsNumberedAfterThoseThatSend) {
  Plan plan = plan_for(2, 2);
  plan.scenario.injectors[0].kind = InjectorKind::delay;
  plan.scenario.agents.readers = 2;
  const auto crew = crew_of(plan);
  ASSERT_EQ(crew.size(), 5U);
  EXPECT_EQ(crew[3].role, Role::agent);
  EXPECT_EQ(crew[3].index, 3U);
  EXPECT_EQ(crew[4].role, Role::injector);
  EXPECT_EQ(log_name(crew[2]), "agent-2.log");
  EXPECT_EQ(arguments_of(crew[2], 3, "/run"), (std::vector<std::string>{"internal-agent", "/run", "2", "3"}));
}

TEST(Crew, TheLastReaderReadsForTheFirstFewAndForWhoDied) {
  auto crew = crew_of(plan_for(20, 1));
  crew[12].wait_status = 9;
  const CrewMember last = last_reader(crew);
  EXPECT_EQ(last.index, 0U);
  EXPECT_EQ(last.mailboxes, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 12}));
  EXPECT_EQ(arguments_of(last, 22, "/run"),
            (std::vector<std::string>{"internal-reader", "/run", "0", "22", "0,1,2,3,4,5,6,7,12"}));
}

TEST(Crew, Arguments) {
  auto crew = crew_of(plan_for(2, 1));
  EXPECT_EQ(arguments_of(crew[1], 2, "/a run"),
            (std::vector<std::string>{"internal-agent", "/a run", "1", "2"}));
  EXPECT_EQ(arguments_of(crew[2], 3, "/run"),
            (std::vector<std::string>{"internal-injector", "/run", "0", "3"}));
  crew[1].restarted = true;
  EXPECT_EQ(arguments_of(crew[1], 2, "/a run"),
            (std::vector<std::string>{"internal-agent", "/a run", "1", "2", "restarted"}));
  EXPECT_EQ(log_name(crew[1]), "agent-1.log");
  EXPECT_EQ(log_name(crew[2]), "injector-0.log");
}

}  // namespace
}  // namespace holdfast
