#include <gtest/gtest.h>

#include <csignal>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"
#include "harness/history/program_fault.h"

namespace holdfast {
namespace {

constexpr int exit_70 = 70 << 8;

TestRun both_sent() {
  TestRun run(2, 1);
  run.sent({0, 0}).sent({1, 0}).quiet();
  return run;
}

using Successes = std::vector<bool>;

TEST(Delivered, EveryAgentSucceeded) {
  TestRun run = both_sent();
  run.all_read({{0, 0}, {1, 0}}).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::pass, 2, 0, "", "all");
  EXPECT_EQ(agent_succeeded(run.plan, run.history), (Successes{true, true}));
}

TEST(Delivered, ALostMessageFailsItsSender) {
  TestRun run = both_sent();
  run.read(0, {{0, 0}, {1, 0}}).read(1, {{0, 0}}).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 2, 1,
                 "agent 1's broadcast 1-0 was acknowledged at 0.004 s, but agent 1's final read lacks it",
                 "lost");
  EXPECT_EQ(agent_succeeded(run.plan, run.history), (Successes{true, false}));
}

TEST(Delivered, SaysHowManyMoreDidNotSucceed) {
  TestRun run(3, 1);
  run.sent({0, 0}).sent({1, 0}).sent({2, 0}).quiet().all_read({{2, 0}}).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 3, 2,
                 "; 2 of 3 agents did not succeed", "two");
}

TEST(Delivered, ADuplicateFailsItsSender) {
  TestRun run = both_sent();
  run.all_read({{0, 0}, {1, 0}, {0, 0}}).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 2, 1,
                 "agent 0's final read has it 2 times", "twice");
}

TEST(Delivered, AFailureAtTheDeadlineOfABusyMachineIsUnknown) {
  TestRun run(2, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(2);
  run.broadcast(a, 1, 2'001, Outcome::fail, 0, "the lock: stopped while waiting")
      .sent(b)
      .quiet()
      .all_read({b})
      .finished();
  Contention use{.begin_ns = run.at(1), .end_ns = run.at(2'001), .busy_ns = 4'000 * TestRun::ms};
  use.strangers_ns = use.busy_ns;
  use.waited_ns = 460 * TestRun::ms;
  run.history.machine = {use};
  expect_finding(
      check_delivered({run.plan, run.history}), Verdict::unknown, 2, 1,
      "failed at 2.001 s: the lock: stopped while waiting; but programs outside the run kept it from the "
      "processors for 0.506 s of that",
      "starved");
  run.history.machine[0].waited_ns = 450 * TestRun::ms;
  EXPECT_EQ(check_delivered({run.plan, run.history}).verdict, Verdict::fail);
  run.history.machine[0].waited_ns = 460 * TestRun::ms;
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(3);  // it gave up before
  EXPECT_EQ(check_delivered({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(Delivered, AFailedBroadcastFailsItsSender) {
  TestRun run(2, 1);
  run.broadcast({0, 0}, 1, 2, Outcome::fail, 13, "rename: denied")
      .sent({1, 0})
      .quiet()
      .all_read({{1, 0}})
      .finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 2, 1,
                 "agent 0's broadcast 0-0 failed at 0.002 s: rename: denied", "failed");
  run.history.interrupted = true;  // it failed all the same
  EXPECT_EQ(check_delivered({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(Delivered, AnUnknownOutcomeIsUnknown) {
  TestRun run(2, 1);
  run.sent({0, 0}, Outcome::info).sent({1, 0}).quiet().all_read({{0, 0}, {1, 0}}).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::unknown, 2, 1,
                 "0-0 (0.001 s) may or may not have been done", "info");
  EXPECT_EQ(agent_succeeded(run.plan, run.history), (Successes{false, true}));
}

// What became of the broadcast is unknown; that the program died, or said what is no answer, is not.
TEST(Delivered, AProgramThatDiesOrBreaksTheProtocolFailed) {
  for (const std::uint16_t code : {program_died, program_broke_protocol}) {
    TestRun run(2, 1);
    run.broadcast({0, 0}, 1, 2, Outcome::info, code, "the program ended")
        .sent({1, 0})
        .quiet()
        .all_read({{1, 0}})
        .finished();
    expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 2, 1,
                   "agent 0's program failed in broadcast 0-0, at 0.001 s: the program ended", "fault");
    run.history.kills.push_back({0, 0, 100, run.at(1), "rename", "/s/queue.json"});
    EXPECT_NE(check_delivered({run.plan, run.history}).verdict, Verdict::fail) << "killed by plan";
  }
}

// A store whose mail cannot be read delivers nothing; one that may yet answer is not known to.
TEST(Delivered, AReadThatFailedFailsItsReader) {
  const auto with = [](Outcome outcome, std::uint16_t code, std::uint32_t agent = 0) {
    TestRun run(2, 1);
    run.plan.scenario.agents.readers = agent == 2 ? 1 : 0;
    run.sent({0, 0}).sent({1, 0}).quiet().all_read({{0, 0}, {1, 0}});
    if (agent == 2) run.read(agent, {{0, 0}, {1, 0}});
    run.finished();
    Operation read;
    read.agent = agent;
    read.function = Function::read;
    read.number = 90;
    read.outcome = outcome;
    read.code = code;
    read.invoke_ns = run.at(3);
    read.complete_ns = run.at(4);
    auto& operations = run.history.operations;
    operations.insert(operations.begin() + 1, read);
    return run;
  };
  const TestRun failed = with(Outcome::fail, 13);
  expect_finding(check_delivered({failed.plan, failed.history}), Verdict::fail, 2, 1,
                 "agent 0's read, asked for at 0.003 s, failed", "failed");
  const TestRun only_reads = with(Outcome::fail, 13, 2);
  expect_finding(check_delivered({only_reads.plan, only_reads.history}), Verdict::fail, 3, 1,
                 "agent 2's read, asked for at 0.003 s, failed", "one that only reads");
  EXPECT_EQ(agent_succeeded(only_reads.plan, only_reads.history), (Successes{true, true}));
  const TestRun unknown = with(Outcome::info, 0);
  EXPECT_EQ(check_delivered({unknown.plan, unknown.history}).verdict, Verdict::pass);
  const TestRun died = with(Outcome::info, program_died);
  EXPECT_EQ(check_delivered({died.plan, died.history}).verdict, Verdict::fail);
  TestRun allowed = failed;
  allowed.plan.scenario.allowed_failures = 0.5;
  EXPECT_EQ(check_delivered({allowed.plan, allowed.history}).verdict, Verdict::pass);
}

TEST(Delivered, AnAgentThatDiedByItselfFailed) {
  TestRun run(2, 2);
  run.sent({0, 0}, Outcome::info).sent({1, 0}).sent({1, 1}).quiet().read(1, {{1, 0}, {1, 1}});
  run.history.processes[0].wait_status = SIGSEGV;
  run.finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 2, 2,
                 "agent 0 attempted 1 of 2 broadcasts, then was killed by signal 11; no agent succeeded",
                 "signal");
  run.history.processes[0].wait_status = exit_70;
  expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 2, 2, "then exited with 70",
                 "exit");
  TestRun last(2, 1);  // it had attempted all, but died with the last one open
  last.sent({0, 0}, Outcome::info).sent({1, 0}).quiet().all_read({{1, 0}}).finished();
  last.history.processes[0].wait_status = SIGKILL;
  expect_finding(check_delivered({last.plan, last.history}), Verdict::fail, 2, 1,
                 "signal 9 with 0-0 unanswered", "last");
}

TEST(Delivered, AnAgentThatEndedTooSoonFailed) {
  TestRun run(2, 2);
  run.sent({0, 0}).sent({1, 0}).sent({1, 1}).quiet().all_read({{0, 0}, {1, 0}, {1, 1}}).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 2, 1,
                 "agent 0 attempted 1 of 2 broadcasts and then ended", "exit 0");
}

TEST(Delivered, WhatTheRunsEndTookAwayIsUnknown) {
  for (const int way : {0, 1, 2, 3, 4, 5}) {
    TestRun run(2, 2);
    run.sent({0, 0}).sent({1, 0}).sent({1, 1}).quiet().all_read({{0, 0}, {1, 0}, {1, 1}}).finished();
    ProcessRecord& process = run.history.processes[0];
    if (way == 0) run.history.interrupted = true;
    if (way == 1) run.history.timed_out = true;
    if (way == 2) process.stopped = true, process.wait_status = SIGKILL;
    if (way == 3) process.exited = false;
    if (way == 5) process.wait_status = 74 << 8;  // no room to write down more
    if (way == 4) run.history.agents_in_doubt = {0};
    expect_finding(check_delivered({run.plan, run.history}), Verdict::unknown, 2, 1,
                   "agent 0 attempted 1 of 2", "cut");
  }
}

TEST(Delivered, UnreadMailIsUnknown) {
  TestRun run = both_sent();
  run.read(0, {{0, 0}, {1, 0}}).read(1, {}, Outcome::info).finished();
  expect_finding(check_delivered({run.plan, run.history}), Verdict::unknown, 2, 2,
                 "but agent 1 made no final read", "unread");
  TestRun nothing(2, 1);
  nothing.cut();
  expect_finding(check_delivered({nothing.plan, nothing.history}), Verdict::unknown, 2, 2,
                 "before the run was interrupted", "cut");
}

TEST(Delivered, AScenarioMayAllowAShareOfFailures) {
  TestRun run(2, 5);
  for (std::uint32_t number = 0; number < 5; ++number) {
    run.sent({0, number}, number == 4 ? Outcome::fail : Outcome::ok).sent({1, number});
  }
  run.quiet();
  std::vector<MessageId> all;
  for (std::uint32_t number = 0; number < 5; ++number) {
    if (number != 4) all.push_back({0, number});
    all.push_back({1, number});
  }
  run.all_read(all).finished();
  run.plan.scenario.allowed_failures = 0.1;
  expect_finding(check_delivered({run.plan, run.history}), Verdict::pass, 2, 0, "", "exactly that share");
  EXPECT_EQ(agent_succeeded(run.plan, run.history),
            (Successes{false, true}));  // what is reported stays strict
  run.plan.scenario.allowed_failures = 0.09;
  expect_finding(check_delivered({run.plan, run.history}), Verdict::fail, 2, 1, "0-4 failed", "less");
  run.plan.scenario.allowed_failures = 1;  // failures, but no losses
  run.history.seen.back().message = {1, 3};
  EXPECT_EQ(check_delivered({run.plan, run.history}).verdict, Verdict::fail);
}

}  // namespace
}  // namespace holdfast
