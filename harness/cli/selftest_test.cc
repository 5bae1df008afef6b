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
  const auto end = holdfast({"selftest", "--only", "no-lock", "newest-first", "--json"}, in_scratch());
  EXPECT_EQ(end.exit_code, 0) << end.err << end.out;
  const auto json = nlohmann::json::parse(end.out);
  EXPECT_EQ(json["found"], 2);
  EXPECT_EQ(json["alarms"], 0);
  EXPECT_EQ(json["inconclusive"], 0);
  ASSERT_EQ(json["mutants"].size(), 2U);
  EXPECT_TRUE(holds(json["mutants"][0]["runs"][0]["attempts"].back()["said"].get<std::string>(),
                    "was acknowledged at"));
  ASSERT_EQ(json["right"].size(), 2U);
  EXPECT_EQ(json["right"][0]["runs"].back()["verdict"], "pass");
  expect_temporary_directory_empty();
}

// A subject in any language, its planted bug and its right twin, in a manifest of one's own.
class OwnManifestTest : public SelfTestCommandTest {
 protected:
  void SetUp() override {
    const std::filesystem::path shipped = HOLDFAST_SHIPPED_SCENARIOS;
    std::filesystem::create_directories(scratch() / "store");
    std::filesystem::copy_file(shipped / "subjects" / "queue.py", scratch() / "store" / "right.py");
    std::string text = file_bytes(shipped / "subjects" / "queue.py");
    const std::string bug = "entries = entries[1:]";  // forgets the oldest whenever it saves
    const std::string save = "    def save(self, entries):\n";
    const auto at = text.find(save);
    ASSERT_NE(at, std::string::npos);
    put_file(scratch() / "store" / "forgets.py", text.insert(at + save.size(), "        " + bug + "\n"));
    put_file(scratch() / "store" / "crowd.toml",
             "[subject]\nkind = \"command\"\ncommand = [\"python3\", \"right.py\"]\n"
             "[agents]\ncount = 2\nbroadcasts = 4\ndeadline = \"10m\"\n[run]\ndeadline = \"20m\"\n");
  }
  ProcessEnd selftest(const std::string& manifest) {
    put_file(scratch() / "mine.toml", manifest);
    return holdfast({"selftest", "--manifest", "mine.toml", "--attempts", "2", "--json"}, in_scratch());
  }
  static std::string mutant(const std::string& settings) {
    return "[[mutant]]\nname = \"forgets\"\nscenario = \"store/crowd.toml\"\nsettings = [" + settings +
           "]\nmust_fail = [\"lost\"]\n";
  }
  static std::string right(const std::string& settings) {
    return "[[right]]\nname = \"twin\"\nscenario = \"store/crowd\"\nsettings = [" + settings + "]\n";
  }
  static constexpr const char* forgets = "\"subject.command=['python3', 'forgets.py']\"";
};

TEST_F(OwnManifestTest, FindsItsBugAndPassesItsRightTwin) {
  const auto end = selftest(mutant(forgets) + right(""));
  EXPECT_EQ(end.exit_code, 0) << end.err << end.out;
  const auto json = nlohmann::json::parse(end.out);
  ASSERT_EQ(json["mutants"].size(), 1U);
  EXPECT_EQ(json["mutants"][0]["found_at_once"], 1);
  ASSERT_EQ(json["right"].size(), 1U);
  EXPECT_EQ(json["right"][0]["name"], "twin");
  expect_temporary_directory_empty();
}

TEST_F(OwnManifestTest, ABugThatPassesFailsIt) {
  const auto end = selftest(mutant("") + right(""));
  EXPECT_EQ(end.exit_code, 1) << end.err << end.out;
  const auto json = nlohmann::json::parse(end.out);
  EXPECT_EQ(json["found"], 0);
  ASSERT_EQ(json["mutants"][0]["runs"][0]["attempts"].size(), 2U);
  EXPECT_EQ(json["mutants"][0]["runs"][0]["attempts"][1]["seed"], 1001);
  EXPECT_EQ(json["mutants"][0]["runs"][0]["attempts"][1]["verdict"], "pass");
}

TEST_F(OwnManifestTest, AnAlarmFailsIt) {
  const auto end = selftest(right(forgets));
  EXPECT_EQ(end.exit_code, 1) << end.err << end.out;
  EXPECT_EQ(nlohmann::json::parse(end.out)["alarms"], 1);
}

// Nothing outside the run makes it inconclusive, so it has one chance.
TEST_F(OwnManifestTest, AnInconclusiveRunFailsIt) {
  const auto end =
      selftest(right("\"agents.count=1\", \"inject.0.kind=open-handle\", \"inject.0.path=nothing\", "
                     "\"inject.0.hold=1ms\""));
  EXPECT_EQ(end.exit_code, 1) << end.err << end.out;
  const auto json = nlohmann::json::parse(end.out);
  EXPECT_EQ(json["inconclusive"], 1) << end.out;
}

TEST_F(OwnManifestTest, AMistakeIsNamedWithItsPlace) {
  put_file(scratch() / "mine.toml", "[[right]]\nname = \"twin\"\nscenario = \"store/crow\"\n");
  expect_one_sentence(holdfast({"selftest", "--manifest", "mine.toml"}), 64,
                      "mine.toml:3:12: store/crow.toml: cannot");
  expect_one_sentence(holdfast({"selftest", "--manifest", "other.toml"}), 64,
                      "other.toml: cannot be opened: No such file");
}

TEST_F(SelfTestCommandTest, AnUnknownEntryIsAMistake) {
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
  EXPECT_EQ(end.exit_code, 2) << end.err;
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
