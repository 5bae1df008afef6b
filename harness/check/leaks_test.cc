// What idle agents may keep, and what stands in somebody's way.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "harness/check/checks.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

LockSeen held_by(std::uint32_t agent, bool exclusive = true) {
  LockSeen lock = seen_lock(LockState::held, agent, "jobs.lock", 4, "python3");
  lock.exclusive = exclusive;
  return lock;
}

LockSeen of(std::uint32_t agent, LockState state) {
  LockSeen lock = held_by(agent);
  lock.state = state;
  return lock;
}

IdleHandles idle(std::uint32_t agent, std::uint64_t replaced, std::uint64_t removed, std::uint64_t alike) {
  return {agent,          static_cast<std::int32_t>(100 + agent), 4, replaced, removed, alike, "python3",
          "/s/queue.json"};
}

Finding judged(const TestRun& run) {
  return check_leaks({run.plan, run.history});
}

TestRun quiet_run() {
  TestRun run(2, 1);
  run.sent(a).sent(b).quiet().all_read({a, b}).finished();
  return run;
}

TEST(Leaks, LiveFilesMappingsAndALockFileMayStayOpen) {
  TestRun run = quiet_run();
  run.history.idle = {idle(0, 0, 0, 1), idle(1, 0, 0, 1)};
  expect_finding(judged(run), Verdict::pass, 2, 0, "", "kept open");
}

TEST(Leaks, LocksThatStopNobodyMayStay) {
  TestRun run = quiet_run();
  LockSeen shared = held_by(0, false);                                           // a database in WAL mode
  run.history.lock_looks = {{run.history.idle_ns, true, {shared, held_by(1)}}};  // and an elected leader
  expect_finding(judged(run), Verdict::pass, 2, 0, "", "nobody wanted them");
  // Those who were not elected wait in a thread of their own, for as long as they live.
  run.history.lock_looks[0].locks.push_back(of(0, LockState::waits));
  expect_finding(judged(run), Verdict::pass, 2, 0, "", "a follower");
}

TEST(Leaks, AHandleOnAReplacedFile) {
  TestRun run = quiet_run();
  run.history.idle = {idle(1, 2, 0, 1)};
  expect_finding(judged(run), Verdict::fail, 2, 1,
                 "agent 1 (python3, pid 101) was idle, and kept 2 handles on replaced versions of "
                 "queue.json",
                 "replaced");
}

TEST(Leaks, OneRemovedFileMayBeScratchUnlessAnotherRemovedIt) {
  TestRun run = quiet_run();
  run.history.idle = {idle(1, 0, 1, 1)};
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
  run.history.idle = {idle(1, 0, 3, 1)};
  expect_finding(judged(run), Verdict::fail, 2, 1, "3 handles on removed files, for example queue.json",
                 "several");
  run.history.halfway = {{1, 0, 0, 3}};  // that it has had for a while
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
  TestRun removed(2, 1);
  removed.call(0, 1, Function::unlink, "/s/queue.json");
  removed.sent(a).sent(b).quiet().all_read({a, b}).finished();
  removed.history.idle = {idle(1, 0, 1, 1)};
  EXPECT_EQ(judged(removed).verdict, Verdict::fail);
}

TEST(Leaks, HandlesAlikeAreALeakIfTheyBecomeMore) {
  TestRun run = quiet_run();
  run.history.idle = {idle(1, 0, 0, 4)};
  EXPECT_EQ(judged(run).verdict, Verdict::pass);  // there was no look halfway
  run.history.halfway = {{0, 1}, {1, 4}};         // a pool
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
  run.history.halfway[1].most_of_one = 2;  // that opened two more
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
  run.history.halfway[1].most_of_one = 1;
  expect_finding(judged(run), Verdict::fail, 2, 1,
                 "4 handles on one file, queue.json; halfway through its broadcasts they were 1", "more");
}

TEST(Leaks, FilesBesideTheStoreThatBecomeMore) {
  TestRun run = quiet_run();
  run.history.halfway = {{0, 1, run.at(10)}};
  for (const int ms : {1, 11, 12, 13})
    run.history.leftovers.push_back(
        {fmt::format("log.{}", ms), run.at(ms), run.at(ms), LeftoverUse::alone, 0});
  expect_finding(judged(run), Verdict::fail, 2, 1,
                 "agent 0 was idle, and kept 4 files open that are not part of the store, the last "
                 "log.13; halfway through its broadcasts they were 1",
                 "more");
  run.history.leftovers.back().user = 1;
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
  run.history.leftovers.back() = {"log", run.at(13), run.at(13), LeftoverUse::shared};
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
}

// Who waits to be elected waits with nothing to do, too: that is not what its operation failed by.
TEST(Leaks, WhoStandsByIsKeptFromNothing) {
  TestRun run = quiet_run();
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(1);
  Operation& late = run.history.operations.back();
  late.outcome = Outcome::fail;
  late.complete_ns = late.invoke_ns + 900 * TestRun::ms;
  LockSeen waiting = held_by(late.agent);
  waiting.state = LockState::waits;
  const LockSeen held = held_by(late.agent == 0 ? 1 : 0);
  run.history.lock_looks = {{late.invoke_ns + 800 * TestRun::ms, false, {held, waiting}}};
  EXPECT_EQ(judged(run).verdict, Verdict::fail);
  run.history.idle_ns = late.complete_ns + TestRun::ms;
  run.history.lock_looks.push_back({run.history.idle_ns, true, {held, waiting}});
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
}

// Agent 0 is done at 2 ms and keeps a lock; agent 1 asks at 10 ms and fails at 1,010 ms.
TestRun excluded(Outcome outcome = Outcome::fail) {
  TestRun run(2, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(1);
  run.broadcast(a, 1, 2).broadcast(b, 10, 1'010, outcome, 0, "still locked");
  run.history.operations.back().complete_ns = run.at(1'010);
  run.quiet().all_read({a}).finished();
  run.history.lock_looks = {{run.at(800), false, {held_by(0)}}};
  return run;
}

TEST(Leaks, ALockOfSomebodyIdleThatAnotherWaitedForInTheKernel) {
  for (const Outcome outcome : {Outcome::fail, Outcome::info}) {
    TestRun run = excluded(outcome);
    EXPECT_EQ(judged(run).verdict, Verdict::pass);
    run.history.lock_looks[0].locks.push_back(of(1, LockState::waits));
    expect_finding(judged(run), Verdict::fail, 2, 1,
                   "agent 0 (python3, pid 100) held jobs.lock (flock, exclusive) with no operation under "
                   "way, while agent "
                   "1's broadcast 1-0, asked for at 0.010 s,",
                   "waited");
  }
}

TEST(Leaks, ALockOfSomebodyIdleThatAnotherPolled) {
  TestRun run = excluded();
  run.history.lock_looks[0].locks.push_back(of(1, LockState::open));
  expect_finding(judged(run), Verdict::fail, 2, 1, "failed: still locked", "polled");
  run.history.lock_looks[0].locks[0].exclusive = false;
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
  TestRun late = excluded(Outcome::info);
  late.history.lock_looks[0].locks.push_back(of(1, LockState::open));
  expect_finding(judged(late), Verdict::unknown, 2, 0, "went unanswered", "may have been late only");
}

TEST(Leaks, NoneIsALockOfSomebodyAtWorkNorOneBesideARefusal) {
  TestRun busy(2, 1);
  busy.broadcast(a, 1, 900).broadcast(b, 10, 1'010, Outcome::fail).quiet().all_read({a}).finished();
  busy.plan.scenario.agents.operation_deadline = std::chrono::seconds(1);
  busy.history.lock_looks = {{busy.at(800), false, {held_by(0), of(1, LockState::waits)}}};
  EXPECT_EQ(judged(busy).verdict, Verdict::pass);
  TestRun refused(2, 1);
  refused.plan.scenario.agents.operation_deadline = std::chrono::seconds(1);
  refused.replace(1, 20, 5).broadcast(a, 1, 2).broadcast(b, 10, 1'010, Outcome::fail, EACCES);
  refused.quiet().all_read({a}).finished();
  refused.history.lock_looks = {{refused.at(800), false, {held_by(0), of(1, LockState::open)}}};
  EXPECT_EQ(judged(refused).verdict, Verdict::pass);
}

TEST(Leaks, WhoKeepsItsLockBeyondItsWorkIsIdleEvenAtWork) {
  TestRun run(2, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::seconds(1);
  run.broadcast(a, 1, 1'200).broadcast(b, 10, 1'010, Outcome::fail, EAGAIN).quiet().all_read({a}).finished();
  run.history.lock_looks = {{run.at(800), false, {held_by(0), of(1, LockState::open)}},
                            {run.history.idle_ns, true, {held_by(0)}}};
  EXPECT_EQ(judged(run).verdict, Verdict::fail);
  run.history.lock_looks[1].locks[0].pid = 7;
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
}

TEST(Leaks, ALockThatKeepsAFinalReadFromSucceeding) {
  TestRun run(2, 1);
  run.plan.scenario.agents.operation_deadline = std::chrono::milliseconds(1);
  run.sent(a).sent(b).quiet().read(0, {a, b}).read(1, {}, Outcome::fail).finished();
  run.history.lock_looks = {{run.history.idle_ns, true, {held_by(0)}}};
  expect_finding(judged(run), Verdict::fail, 2, 1, "while agent 1's read", "final");
  run.history.operations.back().outcome = Outcome::ok;
  EXPECT_EQ(judged(run).verdict, Verdict::pass);
}

TEST(Leaks, TellNothingOfARunThatNeverCameToRest) {
  TestRun run = quiet_run();
  run.history.idle_ns = 0;
  EXPECT_EQ(judged(run).verdict, Verdict::unknown);
}

}  // namespace
}  // namespace holdfast
