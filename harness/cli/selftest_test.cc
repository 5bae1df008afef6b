// `holdfast selftest` for real, with a few mutants, and readers and delays in a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class SelfTestCommandTest : public RunTest {
 protected:
  // Its temporary directory is one of this test's.
  [[nodiscard]] ProcessOptions in_scratch() const {
    ProcessOptions options;
    std::filesystem::create_directory(scratch() / "temporary");
    options.environment = {"TMPDIR=" + (scratch() / "temporary").string()};
    return options;
  }
  void expect_temporary_directory_empty() const {
    EXPECT_TRUE(std::filesystem::is_empty(scratch() / "temporary"));
  }
};

TEST_F(SelfTestCommandTest, FindsPlantedBugsAndPassesWhatIsRight) {
  const auto end =
      holdfast({"selftest", "--only", "no-lock", "newest-first", "--seconds", "30", "--json"}, in_scratch());
  const auto json = nlohmann::json::parse(end.out);
  EXPECT_EQ(json["found"], 2);
  // That there are none is for the canary to say, when nobody else keeps the machine busy.
  EXPECT_EQ(end.exit_code, json["alarms"] == 0 ? 0 : 1) << end.err << end.out;
  ASSERT_EQ(json["mutants"].size(), 2U);
  EXPECT_TRUE(holds(json["mutants"][0]["runs"][0]["witness"].get<std::string>(), "was told ok for"));
  EXPECT_FALSE(json["correct"][0]["runs"][0]["verdict"].get<std::string>().empty());
  expect_temporary_directory_empty();
}

TEST_F(SelfTestCommandTest, AMutantThatPassesFailsIt) {
  // A manifest whose mutant is none under its scenario: nobody kills, so no orphan stays.
  const std::filesystem::path shipped = HOLDFAST_SHIPPED_SCENARIOS;
  std::filesystem::create_directories(scratch() / "scenarios");
  std::filesystem::copy(shipped / "mutants", scratch() / "scenarios" / "mutants");
  std::string manifest = file_bytes(shipped / "mutants" / "manifest.toml");
  const std::string killed = "scenario = \"killed\"\nmust_fail = [\"orphan-temp\"]";
  const auto at = manifest.find(killed);
  ASSERT_NE(at, std::string::npos);
  manifest.replace(at, killed.size(), "scenario = \"crowd\"\nmust_fail = [\"orphan-temp\"]");
  put_file(scratch() / "scenarios" / "mutants" / "manifest.toml", manifest);
  ProcessOptions options = in_scratch();
  options.environment.push_back("HOLDFAST_SCENARIOS=" + (scratch() / "scenarios").string());
  const auto end = holdfast({"selftest", "--only", "orphans-kept", "--seconds", "1", "--quiet"}, options);
  EXPECT_EQ(end.exit_code, 1) << end.err;
  EXPECT_TRUE(holds(end.out, "FAIL  0 of 1 planted bug found")) << end.out;
  EXPECT_TRUE(holds(end.out, "Not found: orphans-kept, seed 1")) << end.out;
  expect_temporary_directory_empty();
}

TEST_F(SelfTestCommandTest, AnUnknownMutantIsAMistake) {
  expect_one_sentence(holdfast({"selftest", "--only", "no-look"}), 64, "the nearest is \"no-lock\"");
}

TEST_F(SelfTestCommandTest, CtrlCLeavesNothing) {
  auto process = start({"selftest", "--only", "cap-ignored", "--quiet"}, in_scratch());
  const auto has_agents = [&] {
    const auto seen = processes_naming(scratch().string());
    return std::any_of(seen.begin(), seen.end(), [](const ProcessSeen& one) {
      return std::find(one.argv.begin(), one.argv.end(), "internal-agent") != one.argv.end();
    });
  };
  ASSERT_TRUE(eventually(has_agents));
  process.send(SIGINT);
  const auto end = process.wait();
  EXPECT_EQ(end.exit_code, 70) << end.err;
  EXPECT_TRUE(holds(end.err, "the self-test was interrupted")) << end.err;
  expect_temporary_directory_empty();
}

class ReadersTest : public RunTest {};

// The core's store stands readers and a slow agent; all of them are on record.
TEST_F(ReadersTest, LookOnWhileAnAgentIsHeldUp) {
  const auto end =
      start_small(small_scenario("count = 2\nbroadcasts = 6\nread_every = 2\nreaders = 1\n",
                                 "[[inject]]\nkind = \"delay\"\ncall = \"write\"\npath = \"*.tmp\"\n"
                                 "hold = \"5ms\"\nevery = 2\nmin_fired = 3\n"))
          .wait();
  ASSERT_EQ(end.exit_code, 0) << end.err << end.out;
  const Summary summary = result_of("run");
  for (const Finding& finding : summary.checks) {
    const bool looked = finding.name == "vanished" || finding.name == "stale-read" ||
                        finding.name == "divergent-order" || finding.name == "leaks" ||
                        finding.name == "bounded-wait" || finding.name == "progress";
    if (!looked) continue;
    EXPECT_EQ(finding.verdict, Verdict::pass) << finding.name << ": " << finding.witness.value_or("");
    EXPECT_GT(finding.checked, 0U) << finding.name;
  }
  ASSERT_EQ(summary.injectors.size(), 1U);
  EXPECT_EQ(summary.injectors[0].kind, "delay");
  EXPECT_GE(summary.injectors[0].fired, 3U);
}

}  // namespace
}  // namespace holdfast
