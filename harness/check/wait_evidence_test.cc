// What is said of a wait: a lock that was held, else a kill after which nothing was acknowledged, and what the run did.
#include "harness/check/wait_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

LockSeen lock_of(std::uint32_t agent, LockState state = LockState::held) {
  return seen_lock(state, agent, "jobs.lock");
}

// Agent 1 is told ok at 20 ms; agent 0 is killed at 30 ms, and asks again from 40 to 5,000 ms.
TestRun killed_run(const std::string& call = "close", const std::string& path = "/s/queue.json.lock") {
  TestRun run(2, 3);
  run.broadcast({0, 0}, 25, 0, Outcome::info)
      .broadcast({0, 1}, 40, 5'000, Outcome::fail, 11, "lock \"queue.json.lock\": still held by another")
      .broadcast({1, 0}, 10, 20);
  run.history.kills.push_back({0, 0, 100, run.at(30), call, path});
  return run;
}

std::string waited_for(const TestRun& run) {
  return what_it_waited_for(run.history, run.history.operations[1], run.history.operations[1].complete_ns);
}

constexpr const char* killed_since =
    "; agent 0 was killed at 0.030 s right before closing queue.json.lock, and no broadcast has been "
    "acknowledged "
    "since";

TEST(WaitEvidence, TheKillSinceWhichNothingWasAcknowledged) {
  TestRun run = killed_run();
  EXPECT_EQ(waited_for(run), killed_since);
  run.history.lock_looks = {{run.at(4'000), false, {}}};
  EXPECT_EQ(waited_for(run), killed_since) << "no lock was seen";
  run.history.lock_looks[0].locks = {lock_of(1)};
  EXPECT_EQ(waited_for(run),
            "; at 4.000 s agent 1 (go, pid 101) held jobs.lock (flock, exclusive); agent 1 had no operation "
            "under way");
}

TEST(WaitEvidence, AKillIsNotNamedIfItExplainsNothing) {
  TestRun later = killed_run();
  later.broadcast({1, 1}, 31, 35);
  EXPECT_EQ(waited_for(later), "") << "a broadcast was acknowledged after it";
  TestRun at_last = killed_run();
  at_last.broadcast({1, 1}, 5'500, 5'600);
  EXPECT_EQ(waited_for(at_last), "") << "and be it later";
  EXPECT_EQ(waited_for(killed_run("open")), "") << "it had not come to the file";
  TestRun after = killed_run();
  after.history.kills[0].time_ns = after.at(5'001);
  EXPECT_EQ(waited_for(after), "") << "it came after the operation";
  TestRun never = killed_run();
  never.history.operations[2].outcome = Outcome::fail;
  EXPECT_EQ(waited_for(never), "") << "nothing ever worked";
}

TEST(WaitEvidence, OfSeveralKillsTheOneWhoseFileTheErrorNames) {
  TestRun run = killed_run("close", "/s/queue.json");
  EXPECT_EQ(waited_for(run), "") << "it may have failed at once, for a reason of its own";
  run.history.lock_looks = {{run.at(4'000), false, {}}};
  EXPECT_THAT(waited_for(run), HasSubstr("right before closing queue.json,"))
      << "the first, if none is named";
  run.history.kills.push_back({0, 0, 100, run.at(33), "write", "/s/queue.json.lock"});
  EXPECT_THAT(waited_for(run), HasSubstr("killed at 0.033 s right before writing queue.json.lock"));
}

TEST(WaitEvidence, ThatNoLockWasSeenIsNotSaidBesideAnErrorAboutALock) {
  TestRun run = killed_run();
  run.history.kills.clear();
  EXPECT_EQ(waited_for(run), "") << "nobody looked";
  run.history.lock_looks = {{run.at(4'000), false, {}}};
  EXPECT_EQ(waited_for(run), "");
  run.history.texts[run.history.operations[1].error] = "time is up";
  EXPECT_EQ(waited_for(run), "; at 4.000 s no flock, POSIX or OFD lock was held on the store's files");
}

TEST(WaitEvidence, WhetherItHeldTheLockItself) {
  TestRun run = killed_run();
  run.history.lock_looks = {{run.at(4'000), false, {lock_of(0)}}};
  EXPECT_THAT(waited_for(run),
              HasSubstr("agent 0 (go, pid 100) held jobs.lock (flock, exclusive) itself, and waited"));
  TestRun through = run;
  through.call(0, 1'200, Function::rename, "/s/a.tmp", "/s/queue.json").finished();
  EXPECT_THAT(
      waited_for(through),
      EndsWith(
          " itself, and waited for no lock; its rename of a.tmp onto queue.json had been done at 1.200 s"));
  LockSeen other = lock_of(0, LockState::waits);
  other.number = 7;
  run.history.lock_looks[0].locks.push_back(other);
  EXPECT_THAT(waited_for(run), Not(HasSubstr("itself")));
}

TEST(WaitEvidence, AHolderThatWasThroughWithItsSave) {
  TestRun run = killed_run();
  run.broadcast({1, 1}, 1'000, 4'500)
      .call(1, 1'200, Function::rename, "/s/a.tmp", "/s/queue.json")
      .finished();
  run.history.lock_looks = {{run.at(4'000), false, {lock_of(1)}}};
  EXPECT_THAT(waited_for(run),
              HasSubstr("exclusive); agent 1's rename of a.tmp onto queue.json had been done at 1.200 s"));
  LockSeen place = lock_of(0);
  place.first_byte = place.last_byte = 3;
  run.history.lock_looks[0].locks.insert(run.history.lock_looks[0].locks.begin(), place);
  EXPECT_THAT(waited_for(run),
              EndsWith("(flock, exclusive); agent 0 (go, pid 100) held jobs.lock (flock, exclusive, byte "
                       "3); agent 1's rename of a.tmp onto queue.json had been done at 1.200 s"));
  run.history.lock_looks[0].time_ns = run.at(1'100);
  EXPECT_THAT(waited_for(run), Not(HasSubstr("rename"))) << "not yet";
}

TEST(WaitEvidence, WhatTheRunItselfUsed) {
  TestRun run = killed_run();
  const auto part = [&](std::int64_t from_ms, std::int64_t run_ms, std::int64_t bytes) {
    Contention made;
    made.begin_ns = run.at(from_ms);
    made.end_ns = run.at(from_ms + 1'000);
    made.run_ns = run_ms * TestRun::ms;
    made.run_bytes = bytes;
    return made;
  };
  const auto did = [&] { return what_the_run_did(run.history, run.at(0), run.at(3'000)); };
  EXPECT_EQ(did(), "");
  run.history.machine = {part(500, 1'900, 90'000'000), part(1'500, 1'500, 60'000'000),
                         part(2'500, 2'000, 900'000'000)};
  EXPECT_EQ(
      did(),
      "; in that time the run's own processes used at least 3.400 s of processor time and wrote at least "
      "150 MB");
  run.history.machine = {part(500, 700, 50'000'000)};
  EXPECT_EQ(did(), "") << "little";
}

TEST(WaitEvidence, AnAgentThatStaysAwayByItself) {
  TestRun run(2, 40);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(1);
  run.broadcast({0, 0}, 0, 3'900, Outcome::fail);
  for (std::uint32_t n = 0; n < 40; ++n) run.broadcast({1, n}, 100 * n, 100 * n + 50);
  run.history.lock_looks = {{run.at(800), false, {lock_of(1)}}, {run.at(2'000), false, {}}};
  run.finished();
  const auto witness = [&] { return check_liveness({run.plan, run.history}).witness.value_or(""); };
  EXPECT_THAT(
      witness(),
      HasSubstr("; it renamed, linked and removed nothing in that time, and 2 looks at the locks found "
                "it neither holding one nor waiting for one"));
  run.history.lock_looks[1].locks = {lock_of(1), lock_of(0, LockState::waits)};
  EXPECT_THAT(witness(), Not(HasSubstr("it renamed"))) << "it waited for a lock";
  run.history.lock_looks.clear();
  run.call(0, 2'000, Function::rename, "/s/a.tmp", "/s/queue.json");
  EXPECT_THAT(witness(), Not(HasSubstr("it renamed"))) << "it did not stay away";
}

TEST(WaitEvidence, TheSingleWaitThatWasTooLong) {
  TestRun run(1, 1);
  run.injector("scanner", 1, 1);
  auto& subject = run.plan.scenario.subject;
  subject.policy_stated = true;
  subject.retry.max_retries = 3;
  subject.retry.base_delay = std::chrono::milliseconds(10);
  subject.retry.max_delay = std::chrono::milliseconds(20);
  run.broadcast(a, 0, 1'500).replace(0, 1, 5).replace(0, 12, 5).replace(0, 1'400).finished();
  EXPECT_THAT(check_bounded_wait({run.plan, run.history}).witness.value_or(""),
              HasSubstr("; of that 1.388 s before retry 2, where it waits 0.0"));
}

}  // namespace
}  // namespace holdfast
