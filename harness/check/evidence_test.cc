// torn-read, orphan-temp, faults-fired, and the list of checks itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "harness/check/checks.h"
#include "harness/check/prose.h"
#include "harness/check/testing_finding.h"
#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

TEST(WaiverTest, MarksTheFindingAndLeavesItAsItIs) {
  Plan plan;
  plan.scenario.waivers = {{"lost", "there is no lock"}};
  const History history;
  for (const Finding& finding : run_checks(plan, history)) {
    EXPECT_EQ(finding.waived.has_value(), finding.name == "lost") << finding.name;
  }
  Plan strict;
  EXPECT_EQ(run_checks(plan, history)[1].verdict, run_checks(strict, history)[1].verdict);
  Finding finding;
  finding.verdict = Verdict::fail;
  EXPECT_TRUE(decides(finding, Verdict::fail));
  EXPECT_FALSE(decides(finding, Verdict::unknown));
  finding.waived = "there is no lock";
  EXPECT_FALSE(decides(finding, Verdict::fail));
}

TEST(TornRead, WholeLoadsPass) {
  TestRun run(2, 1);
  run.sent({0, 0}).sent({1, 0}).quiet().all_read({{0, 0}, {1, 0}}).finished();
  expect_finding(check_torn_read({run.plan, run.history}), Verdict::pass, 8, 0, "", "4 loads, 4 entries");
  TestRun empty(1, 1);
  empty.quiet().read(0, {}).finished();
  expect_finding(check_torn_read({empty.plan, empty.history}), Verdict::pass, 1, 0, "",
                 "an empty queue is whole");
}

TEST(TornRead, AnEntryThatIsNotWhatWasSentFails) {
  TestRun run(2, 1);
  run.sent({0, 0}).sent({1, 0}).quiet().all_read({{0, 0}, {1, 0}}).finished();
  run.history.seen[1].intact = false;
  expect_finding(check_torn_read({run.plan, run.history}), Verdict::fail, 8, 1,
                 "entry 2 of a read by agent 0 at 0.007 s is 1-0, but its body is not what was sent",
                 "final");
  TestRun early(1, 1);  // reads that are not final count too
  early.read(0, {{0, 0}}).quiet().read(0, {{0, 0}}).finished();
  early.history.seen[0].intact = false;
  EXPECT_EQ(check_torn_read({early.plan, early.history}).verdict, Verdict::fail);
}

TEST(TornRead, ALoadThatDoesNotParseFails) {
  TestRun run(1, 1);
  run.sent({0, 0}).quiet().read(0, {}, Outcome::fail).finished();
  run.history.torn.emplace_back(MessageId{0, 0}, "unexpected end of input at byte 8192");
  expect_finding(check_torn_read({run.plan, run.history}), Verdict::fail, 1, 1,
                 "agent 0 loaded an incomplete queue at 0.002 s, while broadcasting 0-0: unexpected end of "
                 "input at byte 8192",
                 "load");
}

TEST(TornRead, NothingLoadedIsUnknown) {
  TestRun run(1, 1);
  run.sent({0, 0}, Outcome::fail).cut();
  expect_finding(check_torn_read({run.plan, run.history}), Verdict::unknown, 0, 0, "no operation succeeded",
                 "none");
}

TEST(OrphanTemp, ACleanDirectoryPasses) {
  TestRun run(1, 1);
  run.sent({0, 0}).quiet().finished();
  expect_finding(check_orphan_temp({run.plan, run.history}), Verdict::pass, 1, 0, "", "clean");
}

TEST(OrphanTemp, WhatIsLeftFails) {
  TestRun run(1, 1);
  run.quiet().finished();
  run.history.leftovers = {{"queue.json.tmp"}};
  expect_finding(check_orphan_temp({run.plan, run.history}), Verdict::fail, 1, 1,
                 "1 file was left in the store directory after the run, queue.json.tmp", "one");
  run.history.leftovers = {{".queue.json.1-a.tmp"}, {".queue.json.2-b.tmp"}};
  run.history.complete = false;
  expect_finding(check_orphan_temp({run.plan, run.history}), Verdict::fail, 2, 2,
                 "2 files were left in the store directory after the run, for example ", "two");
}

TEST(OrphanTemp, ARunThatWasCutShortTellsNothing) {
  TestRun run(1, 1);
  run.cut();
  run.history.leftovers = {{"queue.json.tmp"}};
  expect_finding(check_orphan_temp({run.plan, run.history}), Verdict::unknown, 0, 0,
                 "the agents never all finished", "not quiet");
  TestRun quiet(1, 1);
  quiet.quiet().cut();
  expect_finding(check_orphan_temp({quiet.plan, quiet.history}), Verdict::unknown, 0, 0, "did not finish",
                 "not finished");
}

TEST(FaultsFired, EnoughPass) {
  TestRun run(1, 1);
  run.injector("antivirus", 200, 198).injector("open-handle", 3, 3, 3).injector("idle", 0, 0, 0).finished();
  expect_finding(check_faults_fired({run.plan, run.history}), Verdict::pass, 203, 0, "", "enough");
  TestRun one(1, 1);
  one.injector("antivirus", 1, 1).finished();
  expect_finding(check_faults_fired({one.plan, one.history}), Verdict::pass, 1, 0, "", "one");
}

TEST(FaultsFired, TooFewAreUnknown) {
  TestRun run(1, 1);
  run.injector("antivirus", 9, 8).injector("open-handle", 3, 2, 3).injector("indexer", 0, 0).finished();
  expect_finding(check_faults_fired({run.plan, run.history}), Verdict::unknown, 12, 2,
                 "injector open-handle planned 3 faults and fired 2, but min_fired is 3", "few");
  run.history.injectors.clear();
  expect_finding(check_faults_fired({run.plan, run.history}), Verdict::unknown, 0, 3,
                 "injector antivirus planned 0", "none");
}

TEST(FaultsFired, AFileThatWasNeverThereIsToldWithThoseThatWere) {
  TestRun run(1, 1);
  run.injector("backup", 2, 0).call(0, 5, Function::rename, "/s/t", "/s/jobs.json").finished();
  run.plan.scenario.injectors[0].path = "queue.json";
  run.history.injectors[0].faults.resize(2);
  expect_finding(
      check_faults_fired({run.plan, run.history}), Verdict::unknown, 2, 1,
      "injector backup found no file queue.json, though the store had jobs.json: name the store's file in "
      "inject.0.path",
      "never there");
  run.history.injectors[0].faults[1].path = "/s/queue.json";  // there, but not opened
  expect_finding(check_faults_fired({run.plan, run.history}), Verdict::unknown, 2, 1,
                 "injector backup planned 2 faults and fired 0", "there once");
}

TEST(FaultsFired, DoesNotApplyWithoutInjectors) {
  TestRun run(1, 1);
  run.finished();
  expect_finding(check_faults_fired({run.plan, run.history}), Verdict::not_applicable, 0, 0, "", "none");
}

TEST(Checks, HaveTheNamesThatResultJsonPromises) {
  std::vector<std::string> names;
  for (const NamedCheck& check : all_checks()) {
    names.emplace_back(check.name);
    EXPECT_FALSE(check.title.empty());
  }
  EXPECT_THAT(names, testing::ElementsAre("delivered", "lost", "phantom", "duplicate", "order",
                                          "divergent-order", "torn-read", "vanished", "stale-read",
                                          "resurrected", "recovered", "durability", "orphan-temp", "leaks",
                                          "retry-discipline", "swallowed-refusal", "bounded-wait", "liveness",
                                          "progress", "faults-fired"));
}

TEST(Checks, AllRunInOrderAndNothingAtAllIsNeverAPass) {
  TestRun nothing(3, 5);
  nothing.cut();
  const auto findings = run_checks(nothing.plan, nothing.history);
  ASSERT_EQ(findings.size(), all_checks().size());
  for (std::size_t i = 0; i < findings.size(); ++i) {
    EXPECT_EQ(findings[i].name, all_checks()[i].name);
    EXPECT_NE(findings[i].verdict, Verdict::pass) << findings[i].name;
    EXPECT_NE(findings[i].verdict, Verdict::fail) << findings[i].name;
    EXPECT_TRUE(findings[i].witness || findings[i].verdict == Verdict::not_applicable) << findings[i].name;
  }
}

TEST(Checks, OneThatThrowsIsUnknown) {
  TestRun run(1, 1);
  const NamedCheck throws{"throws", "",
                          [](const Evidence&) -> Finding { throw std::runtime_error("out of ideas"); }};
  expect_finding(run_check(throws, {run.plan, run.history}), Verdict::unknown, 0, 0,
                 "the check itself failed: out of ideas", "std");
  EXPECT_EQ(run_check(throws, {run.plan, run.history}).name, "throws");
  const NamedCheck odd{"odd", "", [](const Evidence&) -> Finding { throw 7; }};
  expect_finding(run_check(odd, {run.plan, run.history}), Verdict::unknown, 0, 0, "the check itself failed",
                 "odd");
}

TEST(Prose, SaysFiguresAsPeopleDo) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(counted(1, "entry"), "1 entry");
  EXPECT_EQ(counted(1204, "entry"), "1,204 entries");
  EXPECT_EQ(counted(2, "retry"), "2 retries");
  EXPECT_EQ(counted(0, "agent"), "0 agents");
  EXPECT_EQ(in_seconds(1'204'400'000), "1.204 s");
}

}  // namespace
}  // namespace holdfast
