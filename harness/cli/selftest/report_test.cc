// What a self-test says, from values.
#include "harness/cli/selftest/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

Attempt found(std::uint64_t seed, double seconds) {
  return {seed,
          true,
          RunVerdict::fail,
          {"delivered", "lost"},
          "agent 1's broadcast 1-0 was acknowledged",
          seconds,
          "holdfast run crowd.toml"};
}

Attempt missed(std::uint64_t seed) {
  return {seed, false, RunVerdict::pass, {}, "48 of 48 acknowledged", 0.5, "holdfast run missed.toml"};
}

SelfTest found_all() {
  SelfTest test;
  test.seeds = 2;
  test.attempts = 5;
  Mutant mutant;
  mutant.subject = {"no-lock", "mutants/crowd.toml", {"subject.store=mutant", "subject.fault=no-lock"}, {}};
  mutant.fault = "no-lock";
  mutant.seen = "the origin";
  mutant.must_fail = {"lost"};
  mutant.widened = "delay: renames of agent 0";
  test.mutants = {{mutant, {{1, {found(1, 0.5)}}, {2, {found(2, 1.5)}}}}};
  const NamedScenario right = {"snapshot", "mutants/crowd.toml", {"subject.store=snapshot"}, {}};
  test.right = {{right, {{1, RunVerdict::pass, "48 of 48", {}, "holdfast run c"}}}};
  return test;
}

RightRun inconclusive(const std::string& outside) {
  return {1, RunVerdict::inconclusive, "it cannot be told", outside, "holdfast run late.toml"};
}

TEST(SelfTestReport, WrongCausesFailItAndSilentOnesDoNot) {
  SelfTest test = found_all();
  test.mutants[0].mutant.causes = {"saved-over-each-other"};
  EXPECT_TRUE(passed(test)) << "no report names one";
  test.mutants[0].runs[0].attempts[0].cause = "saved-over-each-other";
  EXPECT_TRUE(passed(test));
  EXPECT_THAT(render_selftest(test, false, 200), HasSubstr("the cause was named in 1 of 2 and right in 1"));
  test.mutants[0].runs[1].attempts[0].cause = "newest-first";
  EXPECT_FALSE(passed(test));
  EXPECT_THAT(render_selftest(test, false, 200), HasSubstr("Wrong cause: no-lock, seed 2"));
}

TEST(SelfTestReport, PassesIfAllIsFoundAndAllThatIsRightPasses) {
  EXPECT_TRUE(passed(found_all()));
  EXPECT_FALSE(passed(SelfTest{}));

  SelfTest not_found = found_all();
  not_found.mutants[0].runs[1].attempts = {missed(2), missed(1002)};
  EXPECT_FALSE(passed(not_found));
  SelfTest found_late = found_all();
  found_late.mutants[0].runs[1].attempts = {missed(2), found(1002, 1)};
  EXPECT_TRUE(passed(found_late));
  SelfTest unrun = found_all();
  unrun.mutants[0].runs.clear();
  EXPECT_FALSE(passed(unrun));

  SelfTest alarm = found_all();
  alarm.right[0].runs[0].verdict = RunVerdict::fail;
  EXPECT_FALSE(passed(alarm));
  SelfTest unjudged = found_all();
  unjudged.right[0].runs.clear();
  EXPECT_FALSE(passed(unjudged));
}

// The canary cannot go blind: a run that says nothing fails it, however many others passed.
TEST(SelfTestReport, OneInconclusiveRunOfARightSubjectFailsIt) {
  SelfTest unsure = found_all();
  for (int i = 0; i < 20; ++i) unsure.right.push_back(unsure.right[0]);
  unsure.right[0].runs.push_back(inconclusive(""));
  EXPECT_FALSE(passed(unsure));
  // With a cause outside it, it was run again, and that run counts.
  unsure.right[0].runs.back() = inconclusive("other programs used 3.0 s");
  unsure.right[0].runs.push_back(found_all().right[0].runs[0]);
  EXPECT_TRUE(passed(unsure));
  unsure.right[0].runs.back() = inconclusive("");
  EXPECT_FALSE(passed(unsure));
  unsure.right[0].runs.pop_back();
  unsure.right[0].runs.erase(unsure.right[0].runs.begin());
  EXPECT_FALSE(passed(unsure));  // nothing that counts is left
}

TEST(SelfTestReport, CountsFirstAttemptsForTheRate) {
  MutantResult result = found_all().mutants[0];
  result.runs[1].attempts = {missed(2), missed(1002), found(2002, 1)};
  const Detection detection = detection_of(result);
  EXPECT_EQ(detection.seeds, 2U);
  EXPECT_EQ(detection.found, 2U);
  EXPECT_EQ(detection.at_once, 1U);
  EXPECT_NEAR(detection.rate.lower, 0.0126, 0.0001);  // Clopper and Pearson, 1 of 2
  EXPECT_NEAR(detection.rate.upper, 0.9874, 0.0001);
}

TEST(SelfTestReport, TellsWhatFoundWhatAndHowOften) {
  const std::string page = render_selftest(found_all(), false, 140);
  EXPECT_THAT(
      page, HasSubstr("PASS  1 of 1 planted bug found with each of 2 seeds (2 of 2 at the first attempt; "
                      "median 0.5 s); 0 false alarms in 1 run of correct\n      subjects, 0 inconclusive\n"));
  EXPECT_THAT(page, HasSubstr("  no-lock   2 of 2  15.8 % to 100 %      0  lost\n"));
  EXPECT_THAT(page, HasSubstr("no-lock  delay: renames of agent 0"));
  EXPECT_THAT(page, HasSubstr("snapshot  crowd"));
  EXPECT_THAT(page, Not(HasSubstr("Missed")));
  EXPECT_THAT(page, Not(HasSubstr("again because")));
}

TEST(SelfTestReport, SaysHowToRepeatWhatWentWrong) {
  SelfTest test = found_all();
  test.mutants[0].runs[0].attempts = {missed(1), found(1001, 1)};
  test.mutants[0].runs[1].attempts = {missed(2), missed(1002)};
  test.right[0].runs[0].verdict = RunVerdict::fail;
  test.right[0].runs.push_back(inconclusive("other programs used 3.0 s"));
  test.right[0].runs.push_back(inconclusive(""));
  const std::string page = render_selftest(test, false, 120);
  EXPECT_THAT(page, HasSubstr("FAIL  0 of 1 planted bug found"));
  EXPECT_THAT(page, HasSubstr("1 run was repeated because other programs kept the machine busy"));
  EXPECT_THAT(
      page,
      HasSubstr("Missed at first: no-lock, seed 1\n  pass: 48 of 48 acknowledged\n  holdfast run missed"));
  EXPECT_THAT(page, HasSubstr("Not found: no-lock, seed 2\n"));
  EXPECT_THAT(page, HasSubstr("Not found: no-lock, seed 1002\n"));
  EXPECT_THAT(page, HasSubstr("False alarm: snapshot under crowd, seed 1\n  48 of 48\n  holdfast run c\n"));
  EXPECT_THAT(
      page, HasSubstr("Run again: snapshot under crowd, seed 1\n  it cannot be told (other programs used 3.0 "
                      "s)\n  holdfast run late.toml\n"));
  EXPECT_THAT(page, HasSubstr("Inconclusive: snapshot under crowd, seed 1\n  it cannot be told\n"));
}

TEST(SelfTestReport, AsJson) {
  SelfTest test = found_all();
  test.mutants[0].runs[0].attempts = {missed(1), found(1001, 1)};
  test.right[0].runs.insert(test.right[0].runs.begin(), inconclusive("other programs used 3.0 s"));
  const auto json = nlohmann::json::parse(to_json(test));
  EXPECT_EQ(json["schema"], "holdfast.selftest/2");
  EXPECT_EQ(json["found"], 1);
  EXPECT_EQ(json["passed"], true);
  EXPECT_EQ(json["again"], 1);
  EXPECT_EQ(json["mutants"][0]["name"], "no-lock");
  EXPECT_EQ(json["mutants"][0]["rate"], 0.5);
  EXPECT_EQ(json["mutants"][0]["ci95"].size(), 2U);
  EXPECT_EQ(json["mutants"][0]["runs"][0]["attempts"][0]["said"], "48 of 48 acknowledged");
  EXPECT_EQ(json["mutants"][0]["runs"][0]["attempts"][1]["seed"], 1001);
  EXPECT_EQ(json["right"][0]["runs"][0]["outside"], "other programs used 3.0 s");
  EXPECT_EQ(json["right"][0]["runs"][1]["verdict"], "pass");
  EXPECT_EQ(json["right"][0]["passed"], 1);
}

// What a busy machine cannot have caused is not a reason to try again.
TEST(SelfTestReport, OnlyLatenessMayRunAgain) {
  Summary summary;
  summary.checks = {{"lost", Verdict::pass, 4, 0, std::nullopt},
                    {"bounded-wait", Verdict::unknown, 4, 0, "late"}};
  EXPECT_TRUE(only_late(summary));
  summary.checks.push_back({"vanished", Verdict::unknown, 0, 0, "no read"});
  EXPECT_FALSE(only_late(summary));
  summary.checks.back().waived = "not here";
  EXPECT_TRUE(only_late(summary));
  summary.doubts = {{DoubtKind::late_opener, "one", 1}};
  EXPECT_FALSE(only_late(summary));
}

}  // namespace
}  // namespace holdfast
