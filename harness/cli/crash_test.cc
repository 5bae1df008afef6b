// Agents that are killed by plan, for real: the core bears every crash of a save, the origin's
// store does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

using testing::Contains;
using testing::HasSubstr;

const char* const at_every_call = "[[inject]]\nkind = \"kill\"\nkill_at = \"every-call\"\nvictim = 0\n";

class Crash : public RunTest {
 protected:
  ProcessEnd run_with(const std::string& agents, const std::string& inject,
                      const std::vector<std::string>& settings = {}, const std::string& out = "run") {
    put_file(scratch() / "small.toml", small_scenario(agents, inject));
    std::vector<std::string> arguments = {"run", "small.toml", "--out", out};
    for (const std::string& setting : settings) {
      arguments.emplace_back("--set");
      arguments.push_back(setting);
    }
    return holdfast(arguments);
  }
};

TEST_F(Crash, TheCoreBearsADeathBeforeEveryFileCallOfASave) {
  const auto end = run_with("count = 2\nbroadcasts = 30", at_every_call);
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  const Summary summary = result_of("run");
  ASSERT_EQ(summary.injectors.size(), 1U);
  const InjectorSummary& kills = summary.injectors[0];
  EXPECT_GT(kills.calls.size(), 8U);
  EXPECT_EQ(kills.visited, kills.calls.size());
  EXPECT_GT(kills.fired, kills.calls.size());  // right after the acknowledgement as well
  EXPECT_THAT(kills.calls, Contains("rename queue.json"));
  EXPECT_THAT(kills.calls, Contains("lock queue.json.lock"));
  EXPECT_EQ(summary.unknown, kills.cut_short);
  EXPECT_EQ(summary.agents_succeeded, 2U);
  EXPECT_TRUE(holds(summary.agents[0].ended, "exit 0 after ")) << summary.agents[0].ended;
  EXPECT_TRUE(holds(file_bytes(scratch() / "run/report.md"), "file calls of a save"));
  const std::string bytes = file_bytes(scratch() / "run" / "result.json");
  EXPECT_EQ(holdfast({"check", "run"}).exit_code, 0);
  EXPECT_EQ(file_bytes(scratch() / "run" / "result.json"), bytes);

  // What survives a power cut takes more calls: they are visited, too.
  const auto power =
      run_with("count = 1\nbroadcasts = 30", at_every_call, {"subject.durability=power"}, "power");
  EXPECT_EQ(power.exit_code, 0) << power.out << power.err;
  EXPECT_GT(result_of("power").injectors[0].calls.size(), kills.calls.size());
  EXPECT_THAT(result_of("power").injectors[0].calls, Contains("fdatasync *.tmp"));
}

// Alone, for two of that store lose each other's messages without a death as well.
TEST_F(Crash, TheOriginLosesTheQueueBetweenRemoveAndMove) {
  const auto end = run_with("count = 1\nbroadcasts = 30", at_every_call, {"subject.store=origin-after"});
  EXPECT_EQ(end.exit_code, 1) << end.out << end.err;
  const Summary summary = result_of("run");
  const auto lost = std::find_if(summary.checks.begin(), summary.checks.end(),
                                 [](const Finding& finding) { return finding.name == "lost"; });
  ASSERT_NE(lost, summary.checks.end());
  EXPECT_EQ(lost->verdict, Verdict::fail);
  EXPECT_THAT(
      lost->witness.value_or(""),
      testing::ContainsRegex("agent 0's broadcast 0-[0-9]+ removed queue.json at .* and was killed at .* "
                             "before it put another there"));
}

TEST_F(Crash, BroadcastsThatDoNotSufficeAreSaidSo) {
  const auto end = run_with("count = 1\nbroadcasts = 6", at_every_call);
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  EXPECT_THAT(result_of("run").reasons.front(), HasSubstr("raise agents.broadcasts by "));
}

TEST_F(Crash, TheCoreBearsDeathsAtRandom) {
  const auto end = run_with("count = 3\nbroadcasts = 30",
                            "[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\nvictim = [2, 0]\ncount = 8\n"
                            "within = 20\nmin_fired = 8\n");
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_EQ(result_of("run").injectors[0].fired, 8U);
}

// In the middle of kills and restarts, too.
TEST_F(Crash, NothingStaysWhoeverIsInterruptedOrKilled) {
  const std::string often = small_scenario(
      "count = 3\nbroadcasts = 20000",
      "[[inject]]\nkind = \"kill\"\nkill_at = \"random\"\nvictim = [0, 1, 2]\ncount = 10000\n");
  temp_files_may_stay();
  auto interrupted = start_small(often, "interrupted");
  ASSERT_TRUE(eventually([&] { return released("interrupted"); }));
  interrupted.send(SIGINT);
  const auto end = interrupted.wait();
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  expect_nothing_left();

  auto killed = start_small(often, "killed");
  ASSERT_TRUE(eventually([&] { return released("killed"); }));
  killed.stop();
  stop_agents("killed");
  killed.send(SIGKILL);
  EXPECT_EQ(killed.wait().signal, SIGKILL);
  EXPECT_TRUE(eventually([&] { return processes_naming(scratch().string()).empty(); }));
  const auto check = holdfast({"check", "killed"});
  EXPECT_EQ(check.exit_code, 2) << check.out << check.err;
}

}  // namespace
}  // namespace holdfast
