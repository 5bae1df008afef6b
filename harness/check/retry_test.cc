#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "harness/check/attempts.h"
#include "harness/check/checks.h"
#include "harness/check/finding_expectation.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

using testing::ElementsAre;

constexpr std::int64_t retry_ms = 1'000'000;

// One broadcast whose replaces are refused at `refused_ms` and, if it is acknowledged, done at `done_ms`.
TestRun refused_at(std::initializer_list<std::int64_t> refused_ms, std::int64_t done_ms,
                   Outcome outcome = Outcome::ok) {
  TestRun run(1, 1);
  for (const std::int64_t at_ms : refused_ms) run.replace(0, at_ms, 5);
  if (outcome == Outcome::ok) run.replace(0, done_ms);
  run.broadcast({0, 0}, 0, done_ms + 1, outcome, outcome == Outcome::fail ? EACCES : 0);
  run.injector("antivirus", 1, 1).finished();
  return run;
}

std::vector<std::int64_t> waits_ms(const TestRun& run) {
  std::vector<std::int64_t> waits;
  for (const ObservedWait& wait : observed_waits(run.history)) waits.push_back(wait.wait_ns / retry_ms);
  return waits;
}

TEST(Attempts, WaitsRunFromARefusalToTheNextAttempt) {
  const TestRun run = refused_at({10, 110, 310}, 710);
  EXPECT_THAT(waits_ms(run), ElementsAre(100, 200, 400));
  EXPECT_EQ(retries_of(run.history, run.history.operations[0]), 3U);
  EXPECT_EQ(observed_waits(run.history)[1], (ObservedWait{0, 0, Function::broadcast, 2, 200 * retry_ms}));
}

TEST(Attempts, AFailedOperationHasOneRefusalMoreThanRetries) {
  const TestRun run = refused_at({10, 110}, 111, Outcome::fail);
  const Attempts attempts = attempts_of(run.history, run.history.operations[0]);
  EXPECT_EQ(attempts.refused, 2U);
  EXPECT_EQ(attempts.retries, 1U);
  EXPECT_TRUE(attempts.refused_last);
  EXPECT_THAT(waits_ms(run), ElementsAre(100));
}

TEST(Attempts, NoCallNoAttempt) {
  TestRun run(1, 1);
  run.sent({0, 0}).finished();
  EXPECT_EQ(retries_of(run.history, run.history.operations[0]), 0U);
  EXPECT_THAT(waits_ms(run), ElementsAre());
}

TEST(Attempts, SweepsAndCleanUpAreNone) {
  TestRun run(1, 1);
  run.call(0, 1, Function::unlink, "/s/.queue.json.9-9.tmp", {}, 32, EACCES);
  run.replace(0, 10, 5).replace(0, 110, 32);
  run.call(0, 111, Function::unlink, "/s/.queue.json.1-2.tmp", {}, 32, EACCES);
  run.call(0, 211, Function::unlink, "/s/.queue.json.1-2.tmp");
  run.broadcast({0, 0}, 0, 212, Outcome::fail, EACCES).finished();
  const Attempts attempts = attempts_of(run.history, run.history.operations[0]);
  EXPECT_EQ(attempts.refused, 2U);
  EXPECT_EQ(attempts.retries, 1U);
  EXPECT_TRUE(attempts.refused_last);
  EXPECT_THAT(waits_ms(run), ElementsAre(100));
}

TEST(Attempts, TheSourceOfARenameIsATemporaryFileWhateverItsName) {
  TestRun run(1, 1);
  run.call(0, 10, Function::rename, "/s/new", "/s/queue", 5, EACCES)
      .call(0, 11, Function::unlink, "/s/new", {}, 32, EACCES);
  run.broadcast({0, 0}, 0, 12, Outcome::fail, EACCES).finished();
  EXPECT_EQ(attempts_of(run.history, run.history.operations[0]).refused, 1U);
}

TEST(Attempts, RemovingTheQueueIsPartOfOne) {
  TestRun run(1, 1);
  run.call(0, 10, Function::unlink, "/s/queue.json", {}, 32, EACCES);
  run.call(0, 110, Function::unlink, "/s/queue.json")
      .call(0, 111, Function::rename, "/s/queue.json.tmp", "/s/queue.json", 5, EACCES);
  run.call(0, 311, Function::unlink, "/s/queue.json", {}, 0, ENOENT);
  run.call(0, 312, Function::rename, "/s/queue.json.tmp", "/s/queue.json");
  run.broadcast({0, 0}, 0, 313).finished();
  EXPECT_EQ(retries_of(run.history, run.history.operations[0]), 2U);
  EXPECT_THAT(waits_ms(run), ElementsAre(100, 200));
}

TEST(Attempts, ObservedCallsWereNotRefused) {
  TestRun run(1, 1);
  run.replace(0, 10, 5);
  run.history.calls.back().observed = true;
  run.history.calls.back().os_error = 0;
  run.broadcast({0, 0}, 0, 11).finished();
  EXPECT_EQ(attempts_of(run.history, run.history.operations[0]).refused, 0U);
  EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::not_applicable);
}

TEST(RetryDiscipline, KeepsToThePolicy) {
  const TestRun exact = refused_at({10, 110, 310, 710, 1510}, 3110);
  expect_finding(check_retry_discipline({exact.plan, exact.history}), Verdict::pass, 1, 0, "", "exact");
  const TestRun late = refused_at({10, 150, 3000}, 9000);  // waking late is no fault
  expect_finding(check_retry_discipline({late.plan, late.history}), Verdict::pass, 1, 0, "", "late");
  const TestRun spent = refused_at({10, 110, 310, 710, 1510, 3110}, 3111, Outcome::fail);
  expect_finding(check_retry_discipline({spent.plan, spent.history}), Verdict::pass, 1, 0, "", "spent");
}

TEST(RetryDiscipline, AWaitShorterThanThePolicysFails) {
  const TestRun run = refused_at({10, 110, 309}, 709);
  expect_finding(check_retry_discipline({run.plan, run.history}), Verdict::fail, 1, 1,
                 "agent 0's broadcast 0-0 (0.000 s–0.710 s) began retry 2 only 0.199 s after the refusal, "
                 "but the policy "
                 "waits 0.200 s",
                 "short");
}

TEST(RetryDiscipline, JitterMayShortenAWait) {
  TestRun run = refused_at({10, 11, 12}, 13);
  run.plan.scenario.subject.retry.jitter = Jitter::full;
  EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::pass);
  run.plan.scenario.subject.retry.jitter = Jitter::equal;
  EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::fail);
}

TEST(RetryDiscipline, WithoutAPolicyNoWaitIsTooShort) {
  TestRun run = refused_at({10, 11, 12, 13, 14, 15, 16, 17}, 18, Outcome::fail);
  run.plan.scenario.subject.policy_stated = false;
  expect_finding(check_retry_discipline({run.plan, run.history}), Verdict::pass, 1, 0, "", "no policy");
}

TEST(RetryDiscipline, MoreRetriesThanAllowedFail) {
  TestRun run = refused_at({10, 110, 310}, 710);
  run.plan.scenario.subject.retry.max_retries = 2;
  expect_finding(check_retry_discipline({run.plan, run.history}), Verdict::fail, 1, 1,
                 "tried again 3 times, but the policy allows 2", "many");
  run.plan.scenario.subject.retry.max_retries = 3;
  EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::pass);
}

// The origin claims 5 retries and 3.1 s; its loop sleeps four times.
TEST(RetryDiscipline, FewerRetriesThanClaimedFail) {
  TestRun run = refused_at({10, 110, 310, 710, 1510}, 1511, Outcome::fail);
  expect_finding(
      check_retry_discipline({run.plan, run.history}), Verdict::fail, 1, 1,
      "was refused and gave up after 4 retries that waited 1.500 s in all, but the policy has 5 retries and "
      "3.100 s of waiting",
      "origin");
  run.plan.scenario.subject.retry.max_retries = 4;
  EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::pass);
}

TEST(RetryDiscipline, GivingUpForADeadlineIsExcused) {
  TestRun run = refused_at({10, 110}, 111, Outcome::fail);
  ASSERT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::fail);
  TestRun policy = run;
  policy.plan.scenario.subject.retry.deadline = std::chrono::milliseconds(300);
  EXPECT_EQ(check_retry_discipline({policy.plan, policy.history}).verdict, Verdict::pass);
  policy.plan.scenario.subject.retry.deadline = std::chrono::milliseconds(400);
  EXPECT_EQ(check_retry_discipline({policy.plan, policy.history}).verdict, Verdict::fail);
  TestRun operation = run;
  operation.plan.scenario.agents.operation_deadline = std::chrono::milliseconds(300);
  EXPECT_EQ(check_retry_discipline({operation.plan, operation.history}).verdict, Verdict::pass);
  TestRun in_doubt = run;
  in_doubt.history.calls_in_doubt = true;
  EXPECT_EQ(check_retry_discipline({in_doubt.plan, in_doubt.history}).verdict, Verdict::pass);
  TestRun interrupted = run;
  interrupted.history.interrupted = true;
  EXPECT_EQ(check_retry_discipline({interrupted.plan, interrupted.history}).verdict, Verdict::pass);
}

TEST(RetryDiscipline, RetryingPastThePolicysDeadlineFails) {
  TestRun run = refused_at({10, 110, 310}, 710);
  run.plan.scenario.subject.retry.deadline = std::chrono::milliseconds(699);
  expect_finding(check_retry_discipline({run.plan, run.history}), Verdict::fail, 1, 1,
                 "began to wait for retry 3 when 0.300 s were spent, past the policy's deadline of 0.699 s",
                 "past");
  run.plan.scenario.subject.retry.deadline = std::chrono::milliseconds(700);
  EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::pass);
}

TEST(RetryDiscipline, OnlyRefusalsMayBeRetried) {
  for (const auto& [error, verdict] : {std::pair{ENOSPC, Verdict::fail},
                                       {EROFS, Verdict::fail},
                                       {EINTR, Verdict::not_applicable},
                                       {EEXIST, Verdict::not_applicable}}) {
    TestRun run(1, 1);
    run.call(0, 10, Function::rename, "/s/a.tmp", "/s/queue.json", 0, error);
    run.call(0, 110, Function::rename, "/s/a.tmp", "/s/queue.json");
    run.broadcast({0, 0}, 0, 111).finished();
    EXPECT_EQ(to_string(check_retry_discipline({run.plan, run.history}).verdict), to_string(verdict))
        << error;
  }
  TestRun once(1, 1);  // refused, retried, then an error that ends it
  once.replace(0, 10, 5).call(0, 110, Function::rename, "/s/.queue.json.1-2.tmp", "/s/queue.json", 0, ENOSPC);
  once.broadcast({0, 0}, 0, 111, Outcome::fail, ENOSPC).finished();
  expect_finding(check_retry_discipline({once.plan, once.history}), Verdict::pass, 1, 0, "", "other error");
}

TEST(RetryDiscipline, IsUnknownWhereTheRecordEndsInAWait) {
  const TestRun run = refused_at({10}, 11, Outcome::info);
  expect_finding(check_retry_discipline({run.plan, run.history}), Verdict::unknown, 1, 0,
                 "the record ends before", "cut");
}

TEST(RetryDiscipline, DoesNotApplyWhereNothingWasRefused) {
  const TestRun run = refused_at({}, 10);
  expect_finding(check_retry_discipline({run.plan, run.history}), Verdict::not_applicable, 0, 0,
                 "no operation was refused", "injector");
  TestRun quiet(1, 1);
  quiet.replace(0, 1).sent({0, 0}).finished();
  EXPECT_EQ(check_retry_discipline({quiet.plan, quiet.history}).witness, std::nullopt);
}

}  // namespace
}  // namespace holdfast
