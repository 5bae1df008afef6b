// bounded-wait, liveness, progress and durability, on histories made by hand.
#include <gtest/gtest.h>

#include "harness/check/checks.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

TEST(BoundedWait, ADeadlineAndALateWakeUp) {
  TestRun run(1, 2);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(5);
  run.broadcast({0, 0}, 0, 6'000)
      .broadcast({0, 1}, 7'000, 7'100, Outcome::fail)
      .quiet()
      .read(0, {{0, 0}})
      .finished();
  expect_finding(check_bounded_wait({run.plan, run.history}), Verdict::pass, 3, 0, "", "in time");
}

// Whatever the deadline: answers that keep to it, some late waking included, pass; twice as long does not, but where that
// is hardly later than processes wake.
TEST(BoundedWait, WhatIsToleratedGrowsWithTheDeadline) {
  for (const std::int64_t deadline_ms : {10, 101, 500, 5'000, 120'000}) {
    TestRun run(1, 1);
    run.plan.scenario.agents.operation_deadline = std::chrono::milliseconds(deadline_ms);
    const auto verdict_after = [&](std::int64_t took_ms) {
      run.history.operations.clear();
      run.now_ms = 0;
      run.broadcast(a, 0, took_ms, Outcome::fail).finished();
      return check_bounded_wait({run.plan, run.history}).verdict;
    };
    const std::int64_t tolerated_ms = std::max<std::int64_t>(100, deadline_ms / 5);
    EXPECT_EQ(verdict_after(deadline_ms + tolerated_ms), Verdict::pass) << deadline_ms;
    EXPECT_EQ(verdict_after(deadline_ms + tolerated_ms + 1), Verdict::fail) << deadline_ms;
    EXPECT_EQ(verdict_after(std::max<std::int64_t>(2 * deadline_ms, 111)), Verdict::fail) << deadline_ms;
  }
}

// A thousand that are woken at once wait for each other, but no longer than a slice each.
TEST(BoundedWait, ACrowdMayWakeLater) {
  TestRun run(1'000, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(5);
  run.broadcast(a, 0, 9'000, Outcome::fail).finished();
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::pass);
  run.history.operations[0].complete_ns += TestRun::ms;
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(BoundedWait, WhatTheRunItselfHeldUpIsUnknown) {
  TestRun run(2, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(1);
  run.broadcast(a, 0, 5'000, Outcome::info).quiet().finished();
  run.history.operations[0].complete_ns = run.at(5'000);
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::fail);
  run.injector("late-rename", 1, 1);
  run.plan.scenario.injectors[0].kind = InjectorKind::delay;
  Fault fault;
  fault.planned_hold_ns = 4'000 * TestRun::ms;  // its caller died while it waited: no end is on record
  fault.fired_ns = run.at(10);
  run.history.injectors[0].faults = {fault, fault};
  expect_finding(check_bounded_wait({run.plan, run.history}), Verdict::unknown, 1, 0,
                 "was answered after 5.000 s, but its deadline is 1.000 s; but injectors held calls up for "
                 "4.000 s of that",
                 "delayed");
  run.history.injectors[0].faults[0].released_ns = run.history.injectors[0].faults[1].released_ns =
      run.at(3'000);
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(BoundedWait, AnAnswerLongAfterTheDeadline) {
  TestRun run(1, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(5);
  run.broadcast(a, 1'000, 8'500).quiet().read(0, {a}).finished();
  expect_finding(
      check_bounded_wait({run.plan, run.history}), Verdict::fail, 2, 1,
      "agent 0's broadcast 0-0, asked for at 1.000 s, was answered after 7.500 s, but its deadline is "
      "5.000 s",
      "late");
}

TEST(BoundedWait, NoAnswerWhenTheTimeWasUp) {
  TestRun run(1, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(1);
  run.broadcast(a, 1'000, 0, Outcome::info).cut();
  run.history.interrupted = false;
  run.history.timed_out = true;
  run.history.cut_ns = run.at(9'000);
  expect_finding(check_bounded_wait({run.plan, run.history}), Verdict::fail, 1, 1,
                 "was not answered after 8.000 s", "hangs");
  run.history.timed_out = false;  // somebody pressed Ctrl-C: that tells nothing
  run.history.interrupted = true;
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::unknown);
}

TEST(BoundedWait, WaitsBeyondThePolicy) {
  TestRun run(1, 1);
  run.plan.scenario.subject.retry.max_delay = std::chrono::milliseconds(100);
  run.replace(0, 10, 5)
      .replace(0, 210, 5)
      .replace(0, 1'900)
      .broadcast(a, 1, 1'910)
      .quiet()
      .read(0, {a})
      .finished();
  expect_finding(check_bounded_wait({run.plan, run.history}), Verdict::fail, 2, 1,
                 "waited 1.890 s between its attempts, but the policy waits 0.200 s at most",
                 "beyond its cap");
  run.plan.scenario.subject.retry.max_delay = std::chrono::seconds(2);
  run.plan.scenario.subject.retry.base_delay =
      std::chrono::milliseconds(524);  // and 1048: 1.572 s, and a fifth
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::fail);
  run.plan.scenario.subject.retry.base_delay = std::chrono::milliseconds(526);
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::pass);
}

// A program that writes its file anew before each retry works as long as it did at first; the core's stores do not.
TEST(BoundedWait, WorkBeforeARetryIsNoWait) {
  TestRun run(1, 1);
  run.plan.scenario.subject.retry.base_delay = std::chrono::milliseconds(100);
  run.replace(0, 310, 5).replace(0, 720).broadcast(a, 10, 730).quiet().read(0, {a}).finished();
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::fail);
  run.plan.scenario.subject.kind = SubjectKind::command;
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::pass);
  TestRun waits(1, 1);
  waits.plan = run.plan;
  waits.replace(0, 310, 5).replace(0, 1'120).broadcast(a, 10, 1'130).quiet().read(0, {a}).finished();
  EXPECT_EQ(check_bounded_wait({waits.plan, waits.history}).verdict, Verdict::fail);
}

// Who waits as long as it takes states no policy, and is held to its deadline alone.
TEST(BoundedWait, WithoutAPolicyNoWaitIsTooLong) {
  TestRun run(1, 1);
  run.plan.scenario.subject.retry.max_delay = std::chrono::milliseconds(50);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(60);
  for (std::int64_t at_ms = 10; at_ms < 30'000; at_ms += 100) run.replace(0, at_ms, 5);
  run.replace(0, 30'000).broadcast(a, 1, 30'001).quiet().read(0, {a}).finished();
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::fail);
  run.plan.scenario.subject.policy_stated = false;
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::pass);
}

// Waits that double a hundred times are more than a clock can count, and so is their sum.
TEST(BoundedWait, TheSumOfAPolicysWaitsSaturates) {
  TestRun run(1, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::hours(1);
  run.plan.scenario.subject.retry.max_retries = 1000;
  for (std::int64_t at_ms = 10; at_ms < 10'000; at_ms += 20) run.replace(0, at_ms, 5);
  run.replace(0, 10'000).broadcast(a, 1, 10'001).quiet().read(0, {a}).finished();
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::pass);
}

// Agent 0 is served every 10 ms, and agent 1, which asks all the while, fails each 500 ms after two successes.
TestRun starved(std::uint32_t successes = 100) {
  TestRun run(2, 200);
  run.plan.scenario.agents.operation_deadline = std::chrono::milliseconds(500);
  for (std::uint32_t i = 0; i < successes; ++i) run.broadcast({0, i}, 20 + 10 * i, 30 + 10 * i);
  run.broadcast({1, 0}, 0, 10).broadcast({1, 1}, 10, 20);
  run.broadcast({1, 2}, 20, 520, Outcome::fail).broadcast({1, 3}, 520, 1'020, Outcome::fail);
  return run;
}

TEST(Liveness, AnAgentThatStopsSucceedingWhileOthersGoOn) {
  TestRun run = starved();
  run.finished();
  expect_finding(check_liveness({run.plan, run.history}), Verdict::fail, 2, 1,
                 "agent 1 did not succeed from 0.020 s to 1.020 s, though it kept asking and others "
                 "succeeded 99 times in that time",
                 "starved");
}

TEST(Liveness, AFewSuccessesOfOthersAreChance) {
  TestRun run = starved(9);
  run.finished();
  expect_finding(check_liveness({run.plan, run.history}), Verdict::pass, 2, 0, "", "ten are needed of each");
}

TEST(Liveness, WhoDoesNotAskOrIsSlowAnywayIsNotStarved) {
  TestRun paused = starved();
  paused.operation({1, 3}).invoke_ns = paused.at(900);
  paused.finished();
  EXPECT_EQ(check_liveness({paused.plan, paused.history}).verdict, Verdict::pass);
  TestRun recovered = starved();
  recovered.broadcast({1, 4}, 1'020, 1'030).finished();
  EXPECT_EQ(check_liveness({recovered.plan, recovered.history}).verdict, Verdict::fail) << "too late";
  TestRun slow = starved();  // its usual gap is 60 ms, and a bad second is not ten of them
  slow.operation({1, 1}).invoke_ns = slow.at(110);
  slow.operation({1, 1}).complete_ns = slow.at(220);
  slow.operation({1, 2}).invoke_ns = slow.at(220);
  slow.finished();
  EXPECT_EQ(check_liveness({slow.plan, slow.history}).verdict, Verdict::pass);
}

TEST(Liveness, WhatTheRunDidToItOrABusyMachineTellsNothing) {
  TestRun refused = starved();
  refused.replace(1, 30, 5).finished();
  expect_finding(check_liveness({refused.plan, refused.history}), Verdict::unknown, 2, 0,
                 "refused, delayed or killed", "refused");
  TestRun delayed = starved();
  Injector delay;
  delay.kind = InjectorKind::delay;
  delay.victims = {1};
  delayed.plan.scenario.injectors = {delay};
  delayed.finished();
  EXPECT_EQ(check_liveness({delayed.plan, delayed.history}).verdict, Verdict::unknown);
  delayed.plan.scenario.injectors[0].victims = {0};
  EXPECT_EQ(check_liveness({delayed.plan, delayed.history}).verdict, Verdict::fail);
}

TEST(Liveness, NeedsTwoAgentsAndASuccess) {
  TestRun one(1, 1);
  one.broadcast(a, 0, 10).finished();
  EXPECT_EQ(check_liveness({one.plan, one.history}).verdict, Verdict::not_applicable);
  TestRun none(2, 1);
  none.broadcast(a, 0, 10, Outcome::fail).broadcast(b, 0, 10, Outcome::fail).finished();
  EXPECT_EQ(check_liveness({none.plan, none.history}).verdict, Verdict::unknown);
}

// A hold from 10 to 20 ms.
TestRun held() {
  TestRun run(2, 2);
  run.injector("backup", 1, 1);
  Fault fault;
  fault.fired_ns = run.at(10);
  fault.released_ns = run.at(20);
  run.history.injectors[0].faults = {fault};
  return run;
}

TEST(Progress, EverythingSucceedsAfterTheLastFault) {
  TestRun run = held();
  run.broadcast({0, 0}, 12, 18, Outcome::fail, 13)
      .broadcast({0, 1}, 25, 26)
      .broadcast({1, 0}, 30, 0, Outcome::info);
  run.history.operations.back().complete_ns = run.at(31);  // answered: perhaps
  run.quiet().all_read({{0, 1}}).reading(0, 0, {{0, 1}}).finished();
  expect_finding(check_progress({run.plan, run.history}), Verdict::pass, 4, 0, "", "healed");
}

TEST(Progress, AFailureAfterTheLastFault) {
  TestRun run = held();
  run.broadcast({0, 0}, 12, 18, Outcome::fail, 13)
      .broadcast({0, 1}, 25, 26, Outcome::fail, 11, "lock: still held");
  run.quiet().all_read({}).finished();
  expect_finding(
      check_progress({run.plan, run.history}), Verdict::fail, 3, 1,
      "the last fault ended at 0.020 s, but agent 0's broadcast 0-1, asked for at 0.025 s, failed: "
      "lock: still held",
      "does not heal");
}

TEST(Progress, AReaderThatFailsAfterwards) {
  TestRun run = held();
  run.broadcast({0, 0}, 12, 18).quiet().all_read({{0, 0}}).reading(0, 0, {}, Outcome::fail).finished();
  expect_finding(check_progress({run.plan, run.history}), Verdict::fail, 2, 1,
                 "a reader's read of agent 0's mail", "reader");
}

TEST(Progress, WhatAStrangerRefusesIsExcused) {
  TestRun run = held();
  run.replace(0, 26, 5);
  Holder stranger;
  stranger.kind = HolderKind::stranger;
  run.history.calls.back().holders = {stranger};
  run.broadcast({0, 1}, 25, 27, Outcome::fail, 13).quiet().all_read({}).finished();
  EXPECT_EQ(check_progress({run.plan, run.history}).verdict, Verdict::pass);
  run.history.calls.back().holders[0].kind = HolderKind::agent;
  EXPECT_EQ(check_progress({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(Progress, HasNothingToSayWithoutFaultsOrAfterThem) {
  TestRun none(1, 1);
  none.sent(a, Outcome::fail).quiet().read(0, {}).finished();
  EXPECT_EQ(check_progress({none.plan, none.history}).verdict, Verdict::not_applicable);
  TestRun before = held();
  before.broadcast({0, 0}, 1, 2).finished();
  EXPECT_EQ(check_progress({before.plan, before.history}).verdict, Verdict::not_applicable);
  TestRun open = held();
  open.broadcast({0, 0}, 25, 0, Outcome::info).cut();
  EXPECT_EQ(check_progress({open.plan, open.history}).verdict, Verdict::unknown);
}

// Agent 1 is killed at 50 ms.
TestRun killed() {
  TestRun run(2, 2);
  Injector injector;
  injector.kind = InjectorKind::kill;
  injector.victims = {1};
  run.plan.scenario.injectors = {injector};
  run.history.kills.push_back({1, 0, 101, run.at(50), "rename", "/s/queue.json"});
  run.broadcast({0, 0}, 10, 20).broadcast({1, 0}, 40, 0, Outcome::info).broadcast({1, 1}, 60, 70);
  run.quiet();
  return run;
}

TEST(Durability, WhatWasAcknowledgedBeforeTheKillIsThere) {
  TestRun run = killed();
  run.all_read({{0, 0}}).finished();  // 1-1 came after it, 1-0 may be there or not
  expect_finding(check_durability({run.plan, run.history}), Verdict::pass, 2, 0, "", "survived");
}

TEST(Durability, WhatWasAcknowledgedBeforeTheKillIsGone) {
  TestRun run = killed();
  run.all_read({{1, 1}}).finished();
  expect_finding(check_durability({run.plan, run.history}), Verdict::fail, 2, 2,
                 "agent 0's broadcast 0-0 was acknowledged at 0.020 s, agent 1 was killed at 0.050 s right "
                 "before the rename "
                 "onto queue.json, and agent 0's final read lacks it",
                 "gone");
}

TEST(Durability, NeedsAKillAndAReadAfterIt) {
  TestRun unread = killed();
  unread.finished();
  EXPECT_EQ(check_durability({unread.plan, unread.history}).verdict, Verdict::unknown);
  TestRun spared = killed();
  spared.history.kills.clear();
  spared.all_read({{0, 0}, {1, 1}}).finished();
  EXPECT_EQ(check_durability({spared.plan, spared.history}).verdict, Verdict::unknown);
  TestRun peaceful(1, 1);
  peaceful.sent(a).quiet().read(0, {a}).finished();
  EXPECT_EQ(check_durability({peaceful.plan, peaceful.history}).verdict, Verdict::not_applicable);
}

}  // namespace
}  // namespace holdfast
