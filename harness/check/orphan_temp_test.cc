// Who left a file behind, and whose fault that is.
#include <gtest/gtest.h>

#include "harness/check/checks.h"
#include "harness/check/cut_short.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

constexpr const char* left_temp = "queue.json.x7.tmp";

// Agent 0's broadcast lasts from 100 to 300 ms, agent 1's from 150 to 200 ms; a program is the subject.
TestRun two_at_work() {
  TestRun run(2, 2);
  run.plan.scenario.subject.kind = SubjectKind::command;
  run.broadcast(a, 1, 2).broadcast({0, 1}, 100, 300, Outcome::info).broadcast(b, 150, 200);
  run.history.operations[1].complete_ns = run.at(300);
  return run;
}

TestRun& left(TestRun& run, std::int64_t born_ms, const char* name = left_temp,
              LeftoverUse use = LeftoverUse::none) {
  run.quiet().finished();
  run.history.leftovers.push_back({name, run.at(born_ms), run.at(born_ms), use});
  run.history.files_left = 3;
  return run;
}

Finding orphans_in(const TestRun& run) {
  return check_orphan_temp({run.plan, run.history});
}

Ended ended(const TestRun& run) {
  return {0, 4711, run.at(100), run.at(300)};
}

TEST(OrphanTemp, OfAProgramThatWasEndedIsExcusedByTime) {
  TestRun run = two_at_work();
  run.call(1, 180, Function::rename, "/s/queue.json.b.tmp", "/s/queue.json");
  run.history.ended = {ended(run)};
  left(run, 160);
  expect_finding(orphans_in(run), Verdict::pass, 3, 0, "", "the other's temporary file had another name");
  run.history.leftovers[0].born_ns = run.history.leftovers[0].changed_ns = run.at(50);
  EXPECT_EQ(orphans_in(run).verdict, Verdict::fail) << "made before";
  run.history.leftovers[0].born_ns = run.history.leftovers[0].changed_ns = run.at(400);
  EXPECT_EQ(orphans_in(run).verdict, Verdict::fail) << "made after";
  run.history.leftovers[0].born_ns = run.history.leftovers[0].changed_ns = run.at(160);
  run.history.ended.clear();
  expect_finding(orphans_in(run), Verdict::fail, 3, 1, left_temp, "nobody was ended");
}

TEST(OrphanTemp, ThatMayBeSomebodyElsesIsUnknown) {
  TestRun run = two_at_work();
  run.history.ended = {ended(run)};
  left(run, 160);
  expect_finding(orphans_in(run), Verdict::unknown, 3, 0, "and others were too", "agent 1 moved nothing");
  run.history.leftovers[0].born_ns = run.at(110);
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass) << "agent 1 had not begun";
}

TEST(OrphanTemp, IsAttributedByTheCallsThatNameIt) {
  TestRun run = two_at_work();
  run.call(1, 180, Function::rename, "/s/queue.json.x7.tmp", "/s/queue.json", 5, 13);
  run.history.ended = {ended(run)};
  left(run, 160);
  expect_finding(orphans_in(run), Verdict::fail, 3, 1,
                 "1 file was left in the store directory after the run, queue.json.x7.tmp: the rename of it "
                 "onto queue.json "
                 "by agent 1's broadcast 1-0 was refused at 0.180 s (WinError 5), and nobody removed it",
                 "of an agent that nobody ended");
  TestRun mine = two_at_work();
  mine.call(0, 180, Function::rename, "/s/queue.json.x7.tmp", "/s/queue.json", 5, 13);
  mine.history.ended = {ended(mine)};
  left(mine, 50);
  EXPECT_EQ(orphans_in(mine).verdict, Verdict::pass);
}

TEST(OrphanTemp, IsAttributedByAPidInItsName) {
  TestRun run = two_at_work();
  run.history.ended = {ended(run)};
  left(run, 160, "queue.4711.tmp");
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass);
  run.history.leftovers[0].name = "queue.147110.tmp";
  EXPECT_EQ(orphans_in(run).verdict, Verdict::unknown);
  run.history.leftovers[0].name = "queue.47.tmp";  // or message 47's
  run.history.ended[0].pid = 47;
  EXPECT_EQ(orphans_in(run).verdict, Verdict::unknown);
}

TEST(OrphanTemp, APlannedDeathExcusesACommandAndNoStoreThatSweeps) {
  TestRun run = two_at_work();
  run.history.kills.push_back({0, 0, 4711, run.at(250), "rename", "/s/queue.json"});
  left(run, 110);
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass);
  run.plan.scenario.subject.kind = SubjectKind::core;
  expect_finding(orphans_in(run), Verdict::fail, 3, 1, "by agent 0, killed at 0.250 s, and nobody swept it",
                 "core");
}

TEST(OrphanTemp, IsNoFileThatTheStorePutInItsPlaceAndUses) {
  TestRun run = two_at_work();
  run.call(0, 110, Function::rename, "/s/t1", "/s/jobs.json");
  run.call(1, 180, Function::rename, "/s/t2", "/s/jobs.json");
  left(run, 180, "jobs.json");
  expect_finding(orphans_in(run), Verdict::pass, 3, 0, "", "twice");
  run.history.calls.pop_back();
  expect_finding(orphans_in(run), Verdict::fail, 3, 1,
                 "; jobs.json is not in subject.files (queue.json, queue.json.lock): if it belongs to your "
                 "store, add it",
                 "set aside once");
  run.history.leftovers[0].use = LeftoverUse::shared;
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass);
}

// Each save moves the file aside and removes what it moved; one forgot to.
TEST(OrphanTemp, IsWhatASaveUsuallyRemovesAgain) {
  TestRun run = two_at_work();
  run.broadcast(b, 400, 500);
  for (const std::int64_t ms : {160, 410}) {
    run.call(1, ms, Function::rename, "/s/jobs.json", "/s/jobs.json.old");
    run.call(1, ms + 5, Function::rename, "/s/t", "/s/jobs.json");
    run.call(1, ms + 10, Function::unlink, "/s/jobs.json.old");
  }
  run.history.calls.pop_back();
  left(run, 410, "jobs.json.old");
  EXPECT_EQ(orphans_in(run).verdict, Verdict::fail);
  // A copy that is kept from save to save, and replaced by the next.
  TestRun kept = two_at_work();
  kept.broadcast(b, 400, 500);
  kept.call(1, 160, Function::link, "/s/jobs.json", "/s/jobs.json.bak");
  kept.call(1, 410, Function::unlink, "/s/jobs.json.bak");
  kept.call(1, 415, Function::link, "/s/jobs.json", "/s/jobs.json.bak");
  left(kept, 415, "jobs.json.bak");
  EXPECT_EQ(orphans_in(kept).verdict, Verdict::pass);
}

TEST(OrphanTemp, IsNoLockFileThatIsSharedAndEveryTempFileThatIsMoved) {
  TestRun run = two_at_work();
  left(run, 100, "jobs.lock", LeftoverUse::shared);
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass);
  TestRun temps = two_at_work();
  temps.call(1, 180, Function::rename, "/s/jobs.tmp", "/s/jobs.json", 5, 13);
  left(temps, 160, "jobs.tmp", LeftoverUse::shared);
  EXPECT_EQ(orphans_in(temps).verdict, Verdict::fail);
}

TEST(OrphanTemp, OfACommandThatWasThereFromTheFirstOperationOnMayBeItsLockFile) {
  TestRun run = two_at_work();
  left(run, 2, "jobs.lock");
  expect_finding(orphans_in(run), Verdict::unknown, 3, 0,
                 "jobs.lock was left in the store directory, and was there from the first operation on; "
                 "jobs.lock is not in "
                 "subject.files (queue.json, queue.json.lock): if it belongs to your store, add it",
                 "a lock file");
  run.history.leftovers[0].born_ns = run.at(290);
  EXPECT_EQ(orphans_in(run).verdict, Verdict::fail);
  run.history.leftovers[0].born_ns = run.at(2);
  run.plan.scenario.subject.kind = SubjectKind::core;
  EXPECT_EQ(orphans_in(run).verdict, Verdict::fail);
}

// A log of an agent's own, or litter that it never closes.
TEST(OrphanTemp, WhatOneAgentAloneHasOpenIsNoneIfItDoesNotBecomeMore) {
  TestRun run = two_at_work();
  left(run, 290, "log.0", LeftoverUse::alone);
  run.history.leftovers[0].user = 0;
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass) << "one";
  run.history.leftovers.push_back({"log.1", run.at(295), run.at(295), LeftoverUse::alone, 0});
  expect_finding(
      orphans_in(run), Verdict::unknown, 3, 0,
      "log.0 was left in the store directory, and agent 0 had it open, and others like it; log.0 is not in "
      "subject.files",
      "several");
  run.history.leftovers[1].user = 1;
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass) << "one each";
  run.history.leftovers[1].user = 0;
  run.history.halfway = {{0, 1, run.at(296)}};
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass) << "all made in the first half";
  run.plan.scenario.subject.kind = SubjectKind::core;
  EXPECT_EQ(orphans_in(run).verdict, Verdict::fail) << "a core store names its files";
}

TEST(OrphanTemp, IsNoLogThatNoOneOperationCanHaveWritten) {
  TestRun run = two_at_work();
  run.broadcast(b, 400, 500);
  left(run, 160, "audit");
  run.history.leftovers[0].changed_ns = run.at(290);  // agent 0 did both
  EXPECT_EQ(orphans_in(run).verdict, Verdict::fail);
  run.history.leftovers[0].changed_ns = run.at(450);
  EXPECT_EQ(orphans_in(run).verdict, Verdict::pass) << "two operations";
  run.call(1, 450, Function::rename, "/s/audit", "/s/queue.json", 5, 13);
  EXPECT_EQ(orphans_in(run).verdict, Verdict::fail) << "a temporary file";
}

// The program of a command dies by plan in the middle of 0-1; its adapter answers for it and starts another.
TEST(PlannedKill, ExcusesWhatAnAdapterAnswersForItsDeadProgram) {
  TestRun run(1, 3);
  run.broadcast({0, 0}, 1, 2).broadcast({0, 1}, 10, 12, Outcome::info).broadcast({0, 2}, 20, 22);
  run.history.operations[1].complete_ns = run.at(12);
  run.history.kills.push_back({0, 0, 4711, run.at(11), "rename", "/s/queue.json"});
  EXPECT_EQ(kill_of(run.history, run.operation({0, 0})), nullptr);
  EXPECT_NE(kill_of(run.history, run.operation({0, 1})), nullptr);
  EXPECT_EQ(kill_of(run.history, run.operation({0, 2})), nullptr);
  run.history.kills[0].time_ns = run.at(5);  // between two operations: there was nobody to ask
  run.history.operations[1].outcome = Outcome::fail;
  EXPECT_NE(kill_of(run.history, run.operation({0, 1})), nullptr);
  run.history.operations[1].outcome = Outcome::ok;
  EXPECT_EQ(kill_of(run.history, run.operation({0, 1})), nullptr);
  run.history.operations[1].outcome = Outcome::info;
  run.history.kills[0].time_ns = run.at(15);
  EXPECT_EQ(kill_of(run.history, run.operation({0, 1})), nullptr);
}

TEST(PlannedKill, OfACommandLeavesARunThatPasses) {
  TestRun run(2, 2);
  run.plan.scenario.subject.kind = SubjectKind::command;
  Injector injector;
  injector.kind = InjectorKind::kill;
  injector.kill_at = KillAt::random;
  injector.name = "kill";
  run.plan.scenario.injectors = {injector};
  run.history.injectors.push_back({0, 0, 1, 1, {}});
  run.broadcast({0, 0}, 1, 2)
      .broadcast({0, 1}, 10, 12, Outcome::info)
      .broadcast({1, 0}, 1, 2)
      .broadcast({1, 1}, 3, 4);
  run.history.operations[1].complete_ns = run.at(12);
  run.history.kills.push_back({0, 0, 4711, run.at(11), "rename", "/s/queue.json"});
  run.quiet().all_read({{0, 0}, {1, 0}, {1, 1}}).finished();
  run.history.leftovers.push_back({"t.4711.tmp", run.at(10), run.at(10)});
  run.history.files_left = 2;
  for (const Finding& finding : run_checks(run.plan, run.history)) {
    EXPECT_TRUE(finding.verdict == Verdict::pass || finding.verdict == Verdict::not_applicable)
        << finding.name << ": " << finding.witness.value_or("");
  }
}

}  // namespace
}  // namespace holdfast
