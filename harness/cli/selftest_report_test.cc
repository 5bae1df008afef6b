// What a self-test says, from values.
#include "harness/cli/selftest_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

SelfTest found_all() {
  SelfTest test;
  test.seeds = 2;
  test.seconds = 60;
  Mutant mutant;
  mutant.fault = "no-lock";
  mutant.seen = "the origin";
  mutant.scenario = "crowd";
  mutant.must_fail = {"lost"};
  mutant.widened = "delay: renames of agent 0";
  MutantRun run;
  run.found = true;
  run.seconds = 0.5;
  run.attempts = 1;
  run.failed = {"delivered", "lost"};
  run.witness = "agent 1 was told ok";
  run.command = "holdfast run crowd.toml";
  test.mutants = {{mutant, {run, run}}};
  test.mutants[0].runs[1].seed = 2;
  test.mutants[0].runs[1].seconds = 1.5;
  test.correct = {
      {"snapshot", "crowd", {"agents.count=2"}, {{1, RunVerdict::pass, "48 of 48", "holdfast run c"}}}};
  return test;
}

TEST(SelfTestReport, PassesIfAllIsFoundAndNothingElse) {
  EXPECT_TRUE(passed(found_all()));
  SelfTest missed = found_all();
  missed.mutants[0].runs[1].found = false;
  EXPECT_FALSE(passed(missed));
  SelfTest alarm = found_all();
  alarm.correct[0].runs[0].verdict = RunVerdict::fail;
  EXPECT_FALSE(passed(alarm));
  SelfTest unsure = found_all();
  unsure.correct[0].runs[0].verdict = RunVerdict::inconclusive;
  EXPECT_FALSE(passed(unsure));  // nothing right was ever judged
  unsure.correct[0].runs.push_back(found_all().correct[0].runs[0]);
  EXPECT_TRUE(passed(unsure));
  EXPECT_FALSE(passed(SelfTest{}));
  SelfTest unrun = found_all();
  unrun.mutants[0].runs.clear();
  EXPECT_FALSE(passed(unrun));
}

TEST(SelfTestReport, TellsWhatFoundWhatAndInWhatTime) {
  const std::string page = render_selftest(found_all(), false, 120);
  EXPECT_THAT(
      page,
      HasSubstr("PASS  1 of 1 planted bug found with each of 2 seeds, in 0.5 s at the median and 1.5 s at "
                "most; 0 false alarms in 1 run\n      of stores that are right"));
  EXPECT_THAT(page, HasSubstr("no-lock  2 of 2   0.5 s  1.5 s  lost  crowd     agent 1 was told ok"));
  EXPECT_THAT(page, HasSubstr("no-lock  delay: renames of agent 0"));
  EXPECT_THAT(page, HasSubstr("snapshot  crowd"));
  EXPECT_THAT(page, Not(HasSubstr("Not found")));
}

TEST(SelfTestReport, SaysHowToRepeatWhatWentWrong) {
  SelfTest test = found_all();
  test.mutants[0].runs[1].found = false;
  test.mutants[0].runs[1].witness = "3 attempts; the last: nothing wrong";
  test.correct[0].runs[0].verdict = RunVerdict::fail;
  const std::string page = render_selftest(test, false, 120);
  EXPECT_THAT(page, HasSubstr("FAIL  0 of 1 planted bug found"));
  EXPECT_THAT(page, HasSubstr("Not found: no-lock, seed 2\n  3 attempts; the last: nothing wrong\n"));
  EXPECT_THAT(page, HasSubstr("holdfast run crowd.toml\n"));
  EXPECT_THAT(page, HasSubstr("False alarm: snapshot under crowd, seed 1\n  48 of 48\n"));
}

TEST(SelfTestReport, AsJson) {
  const auto json = nlohmann::json::parse(to_json(found_all()));
  EXPECT_EQ(json["schema"], "holdfast.selftest/1");
  EXPECT_EQ(json["found"], 1);
  EXPECT_EQ(json["passed"], true);
  EXPECT_EQ(json["mutants"][0]["fault"], "no-lock");
  EXPECT_EQ(json["mutants"][0]["runs"][1]["seconds"], 1.5);
  EXPECT_EQ(json["correct"][0]["runs"][0]["verdict"], "pass");
}

}  // namespace
}  // namespace holdfast
