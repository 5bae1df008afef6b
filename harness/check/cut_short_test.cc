// What planned kills excuse, and what they do not.
#include "harness/check/cut_short.h"

#include <gtest/gtest.h>

#include <csignal>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

// Agent 0 is killed in the middle of 0-1 and started again.
TestRun killed_once() {
  TestRun run(2, 3);
  Injector injector;
  injector.kind = InjectorKind::kill;
  injector.name = "kill";
  run.plan.scenario.injectors = {injector};
  run.history.injectors.push_back({0, 0, 1, 1, {}});
  run.history.processes.insert(run.history.processes.begin(),
                               {Role::agent, 0, 99, true, SIGKILL, false, true});
  run.broadcast({0, 0}, 1, 2).broadcast({0, 1}, 10, 0, Outcome::info).broadcast({0, 2}, 20, 22);
  run.broadcast({1, 0}, 1, 2).broadcast({1, 1}, 12, 13).broadcast({1, 2}, 30, 31);
  run.history.kills.push_back({0, 0, 99, run.at(11), "rename", "/s/queue.json"});
  return run;
}

const std::vector<MessageId> acknowledged = {{0, 0}, {1, 0}, {1, 1}, {0, 2}, {1, 2}};

TEST(PlannedKill, ExcusesTheBroadcastThatItCutShort) {
  TestRun run = killed_once();
  run.quiet().all_read(acknowledged).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::pass, 2, 0, "", "absent");
  EXPECT_EQ(agent_succeeded(run.plan, run.history), (std::vector<bool>{true, true}));
  const Kill* kill = kill_of(run.history, run.operation({0, 1}));
  ASSERT_NE(kill, nullptr);
  EXPECT_EQ(kill->call, "rename");
  EXPECT_EQ(kill_of(run.history, run.operation({0, 2})), nullptr);
  EXPECT_EQ(kill_of(run.history, run.operation({1, 2})), nullptr);

  TestRun there = killed_once();
  auto with_it = acknowledged;
  with_it.insert(with_it.begin() + 3, MessageId{0, 1});
  there.quiet().all_read(with_it).finished();
  for (const NamedCheck& check : all_checks()) {
    if (check.name == "faults-fired") continue;
    EXPECT_TRUE(check.run({there.plan, there.history}).verdict == Verdict::pass ||
                check.run({there.plan, there.history}).verdict == Verdict::not_applicable)
        << check.name;
  }
}

TEST(PlannedKill, DoesNotExcuseWhatWasAcknowledged) {
  TestRun run = killed_once();
  run.quiet().all_read({{1, 0}, {1, 1}, {0, 2}, {1, 2}}).finished();
  EXPECT_EQ(check_lost({run.plan, run.history}).verdict, Verdict::fail);
  EXPECT_EQ(check_delivered({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(PlannedKill, DoesNotExcuseAnotherAgentNorAnotherDeath) {
  TestRun run = killed_once();
  run.history.kills[0].agent = 1;
  run.quiet().all_read(acknowledged).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::unknown, 2, 1,
                 "may or may not have been done", "unanswered");
  TestRun crash = killed_once();
  crash.history.processes[1].wait_status = SIGSEGV;
  crash.plan.scenario.agents.broadcasts = 4;
  crash.quiet().all_read(acknowledged).finished();
  EXPECT_EQ(check_delivered({crash.plan, crash.history}).verdict, Verdict::fail);
}

TEST(PlannedKill, BetweenRemovalAndMoveIsTheWitnessOfALoss) {
  TestRun run = killed_once();
  run.replace(0, 2).call(0, 10, Function::unlink, "/s/queue.json");
  run.quiet().all_read({{0, 2}, {1, 2}}).finished();
  expect_finding(
      check_lost({run.plan, run.history}), Verdict::fail, 10, 6,
      "agent 0's broadcast 0-0 was acknowledged at 0.002 s, but agent 0's final read of 2 entries lacks it; "
      "no other recipient has it; 0-0's rename of .queue.json.1-2.tmp onto queue.json was done at 0.002 "
      "s; "
      "agent 0's broadcast 0-1 removed queue.json at 0.010 s, and was killed at ",
      "killed");
}

TEST(PlannedKill, AfterTheMoveIsNoWitness) {
  TestRun run = killed_once();
  run.call(0, 10, Function::unlink, "/s/queue.json");
  run.call(0, 10, Function::rename, "/s/queue.json.tmp", "/s/queue.json");
  run.quiet().all_read({{0, 2}, {1, 2}}).finished();
  EXPECT_EQ(check_lost({run.plan, run.history}).witness->find("removed"), std::string::npos);
}

// Something older is read: the queue was not gone.
TEST(PlannedKill, IsNoWitnessWhereAnotherPutTheQueueBack) {
  TestRun run = killed_once();
  run.call(0, 10, Function::unlink, "/s/queue.json");
  run.quiet().all_read({{1, 0}, {0, 2}, {1, 2}}).finished();
  EXPECT_EQ(check_lost({run.plan, run.history}).witness->find("removed"), std::string::npos);
}

TEST(PlannedKill, AWalkThatIsNotThroughIsUnknown) {
  TestRun run = killed_once();
  run.finished();
  KillWalk walk{0, 14, 6, false, {}};
  run.history.injectors[0].walks = {walk};
  expect_finding(
      check_faults_fired({run.plan, run.history}), Verdict::unknown, 1, 1,
      "injector kill killed agent 0 before 6 of 14 file calls of a save, then its broadcasts ran out: "
      "raise agents.broadcasts by 11, to 14",
      "short");
  run.history.injectors[0].walks[0] = {0, 14, 14, true, {}};
  expect_finding(check_faults_fired({run.plan, run.history}), Verdict::pass, 1, 0, "", "through");
  run.plan.scenario.injectors[0].victims = {0, 1};
  expect_finding(check_faults_fired({run.plan, run.history}), Verdict::unknown, 1, 1,
                 "saw no complete save by agent 1", "second victim");
  run.plan.scenario.injectors[0].kill_at = KillAt::random;
  expect_finding(check_faults_fired({run.plan, run.history}), Verdict::pass, 1, 0, "", "random");
}

}  // namespace
}  // namespace holdfast
