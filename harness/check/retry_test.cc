#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "harness/check/attempts.h"
#include "harness/check/checks.h"
#include "harness/check/testing_finding.h"
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
  EXPECT_EQ(observed_waits(run.history)[1],
            (ObservedWait{0, 0, Function::broadcast, 2, 2, 200 * retry_ms, 100 * retry_ms}));
}

TEST(Attempts, AFailedOperationHasOneRefusalMoreThanRetries) {
  const TestRun run = refused_at({10, 110}, 111, Outcome::fail);
  const Attempts attempts = attempts_of(run.history, run.history.operations[0]);
  EXPECT_EQ(attempts.refused, 2U);
  EXPECT_EQ(attempts.retries, 1U);
  EXPECT_TRUE(attempts.gave_up);
  EXPECT_THAT(waits_ms(run), ElementsAre(100));
}

TEST(Attempts, NoCallNoAttempt) {
  TestRun run(1, 1);
  run.sent({0, 0}).finished();
  EXPECT_EQ(retries_of(run.history, run.history.operations[0]), 0U);
  EXPECT_THAT(waits_ms(run), ElementsAre());
}

// A scanner holds the temporary file of a save that is given up, however often its removal is tried.
TEST(Attempts, CleanUpIsNoneWhateverTheNameOfTheFile) {
  for (const char* temp : {"/s/.queue.json.1-2.tmp", "/s/new", "/s/tmpk3j9x_2a"}) {
    for (const Function put : {Function::rename, Function::link}) {
      TestRun run(1, 1);
      run.call(0, 10, put, temp, "/s/queue.json", 5, EACCES)
          .call(0, 110, put, temp, "/s/queue.json", 32, EACCES);
      run.call(0, 111, Function::unlink, temp, {}, 32, EACCES)
          .call(0, 211, Function::unlink, temp, {}, 32, EACCES)
          .call(0, 311, Function::unlink, temp);
      run.broadcast({0, 0}, 0, 312, Outcome::fail, EACCES).finished();
      const Attempts attempts = attempts_of(run.history, run.history.operations[0]);
      EXPECT_EQ(attempts.refused, 2U) << temp;
      EXPECT_EQ(attempts.retries, 1U) << temp;
      EXPECT_TRUE(attempts.gave_up) << temp;
      EXPECT_THAT(waits_ms(run), ElementsAre(100));
    }
  }
}

// Before the save, what a crash left is removed, or not: then it stays for the next.
TEST(Attempts, ASweepThatIsRefusedIsNotTheRefusalThatWasGivenUp) {
  TestRun run(1, 1);
  run.call(0, 1, Function::unlink, "/s/left", {}, 32, EACCES);
  run.replace(0, 10, 5).replace(0, 110);
  run.broadcast({0, 0}, 0, 111).finished();
  const Attempts attempts = attempts_of(run.history, run.history.operations[0]);
  EXPECT_EQ(attempts.retries, 1U);
  EXPECT_FALSE(attempts.gave_up);
  ASSERT_EQ(attempts.given_up.size(), 1U);
  EXPECT_EQ(attempts.given_up[0]->path, "/s/left");
}

TEST(Attempts, EachCallHasRetriesOfItsOwn) {
  TestRun run(1, 1);
  run.call(0, 10, Function::unlink, "/s/queue.json", {}, 32, EACCES);
  run.call(0, 110, Function::unlink, "/s/queue.json")
      .call(0, 111, Function::rename, "/s/queue.json.tmp", "/s/queue.json", 5, EACCES);
  run.call(0, 311, Function::unlink, "/s/queue.json", {}, 0, ENOENT);
  run.call(0, 312, Function::rename, "/s/queue.json.tmp", "/s/queue.json");
  run.broadcast({0, 0}, 0, 313).finished();
  EXPECT_THAT(observed_waits(run.history),
              ElementsAre(ObservedWait{0, 0, Function::broadcast, 1, 1, 100 * retry_ms, 0},
                          ObservedWait{0, 0, Function::broadcast, 1, 2, 201 * retry_ms, 0}));
}

TEST(Attempts, AnotherTemporaryFileForTheSameTargetIsARetry) {
  TestRun run(1, 1);
  run.call(0, 10, Function::rename, "/s/a", "/s/queue", 5, EACCES)
      .call(0, 110, Function::rename, "/s/b", "/s/queue");
  run.broadcast({0, 0}, 0, 111).finished();
  EXPECT_THAT(waits_ms(run), ElementsAre(100));
}

TEST(Attempts, AnOpenThatIsRefusedAndRepeatedIsARetry) {
  TestRun run(1, 1);
  run.call(0, 10, Function::open, "/s/queue", {}, 32, EACCES).call(0, 20, Function::open, "/s/other");
  run.call(0, 110, Function::open, "/s/queue").broadcast({0, 0}, 0, 111).finished();
  EXPECT_THAT(waits_ms(run), ElementsAre(100));
}

// An open that lets nobody else in is how Windows programs lock a file: who polls it waits for the lock.
TEST(Attempts, AnOpenThatOnlyOtherAgentsRefuseMayBeALock) {
  TestRun run(2, 1);
  run.call(0, 10, Function::open, "/s/lock", {}, 32, EACCES);
  run.history.calls.back().holders[0].kind = HolderKind::agent;
  run.call(0, 11, Function::open, "/s/lock").broadcast({0, 0}, 0, 12).finished();
  EXPECT_THAT(waits_ms(run), ElementsAre());
  run.history.calls[0].function = run.history.calls[1].function = Function::rename;
  EXPECT_THAT(waits_ms(run), ElementsAre(1));
}

TEST(Attempts, WhatNothingRepeatedIsNoRetryWhateverWasAnswered) {
  TestRun run(1, 1);
  run.replace(0, 10, 5).broadcast({0, 0}, 0, 11).finished();
  const Attempts attempts = attempts_of(run.history, run.history.operations[0]);
  EXPECT_EQ(attempts.retries, 0U);
  EXPECT_TRUE(attempts.gave_up);
}

struct Probe {
  const char* what;
  std::vector<Call> calls;  // at 10, 11, 12 ms and so on
};

Call probe(Function function, const char* path, int os_error, std::uint16_t windows_code = 0) {
  Call call;
  call.function = function;
  call.path = path;
  call.os_error = os_error;
  call.windows_code = windows_code;
  return call;
}

// Programs that are right and ask again at once: none of these is a retry, and no policy forbids them.
TEST(Attempts, ProbesAndPollsAreNone) {
  const Probe probes[] = {
      {"a recursive removal that asks what each name is",
       {probe(Function::unlink, "/s/stage", EISDIR), probe(Function::rmdir, "/s/stage", ENOTEMPTY),
        probe(Function::unlink, "/s/stage/journal", 0), probe(Function::rmdir, "/s/stage", 0),
        probe(Function::unlink, "/s/stage", EPERM, 5), probe(Function::unlink, "/s/stage", EPERM, 5)}},
      {"a token that is polled for",
       {probe(Function::rename, "/s/free", ENOENT), probe(Function::rename, "/s/free", ENOENT),
        probe(Function::rename, "/s/free", 0)}},
      {"what may be there is removed first",
       {probe(Function::unlink, "/s/temp", ENOENT), probe(Function::unlink, "/s/temp", ENOENT)}},
      {"a directory that is the lock",
       {probe(Function::open, "/s/lock", EEXIST), probe(Function::open, "/s/lock", EEXIST)}},
      {"a full disk", {probe(Function::rename, "/s/a", ENOSPC), probe(Function::rename, "/s/a", 0)}},
      {"a file that is read-only: nobody holds it",
       {probe(Function::rename, "/s/a", EACCES, 5), probe(Function::rename, "/s/a", EACCES, 5)}},
      {"a signal", {probe(Function::open, "/s/a", EINTR), probe(Function::open, "/s/a", 0)}},
  };
  for (const auto& [what, calls] : probes) {
    TestRun run(1, 1);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      Call call = calls[i];
      call.agent = 0;
      call.received_ns = call.answered_ns = run.at(10 + static_cast<std::int64_t>(i));
      run.history.calls.push_back(call);
    }
    run.broadcast({0, 0}, 0, 30).finished();
    EXPECT_EQ(attempts_of(run.history, run.history.operations[0]).refused, 0U) << what;
    EXPECT_EQ(retries_of(run.history, run.history.operations[0]), 0U) << what;
    EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::not_applicable) << what;
  }
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
  const TestRun late = refused_at({10, 150, 3000}, 9000);  // waking late is not a fault
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

TEST(RetryDiscipline, WithoutAPolicyThereIsNothingToHoldAnybodyTo) {
  TestRun run = refused_at({10, 11, 12, 13, 14, 15, 16, 17}, 18, Outcome::fail);
  run.plan.scenario.subject.policy_stated = false;
  expect_finding(check_retry_discipline({run.plan, run.history}), Verdict::not_applicable, 0, 0,
                 "the scenario states no retry policy", "no policy");
}

// Whether a policy is for each call or for the whole save is unknown: the waits of both are allowed.
TEST(RetryDiscipline, APolicyMayCoverTheWholeSave) {
  TestRun run(1, 1);
  run.call(0, 10, Function::open, "/s/queue.json", {}, 32, EACCES)
      .call(0, 110, Function::open, "/s/queue.json");
  run.replace(0, 111, 5).replace(0, 311, 5).replace(0, 711, 5);
  run.broadcast({0, 0}, 0, 712, Outcome::fail, EACCES).finished();
  run.plan.scenario.subject.retry.max_retries = 3;
  EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::pass);
  EXPECT_EQ(check_bounded_wait({run.plan, run.history}).verdict, Verdict::pass);
}

TEST(RetryDiscipline, AnotherWayThanARetryBreaksNoPolicy) {
  TestRun run(1, 1);
  run.replace(0, 10, 5).call(0, 11, Function::rename, "/s/.queue.json.1-2.tmp", "/s/queue.json.new");
  run.broadcast({0, 0}, 0, 12).finished();
  expect_finding(check_retry_discipline({run.plan, run.history}), Verdict::pass, 1, 0, "", "another way");
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
                 "waited at least 0.400 s for retry 3 after 0.300 s had been spent, and so retried past the "
                 "policy's deadline of 0.699 s",
                 "past");
  run.plan.scenario.subject.retry.deadline = std::chrono::milliseconds(700);
  EXPECT_EQ(check_retry_discipline({run.plan, run.history}).verdict, Verdict::pass);
}

TEST(RetryDiscipline, AnErrorAfterARetryMayEndIt) {
  TestRun once(1, 1);
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
