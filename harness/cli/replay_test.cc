// The same failure again, and the smallest plan that has it. The subject keeps to itself what it acknowledges: with two
// agents or more it loses messages each time.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class Replay : public RunTest {
 protected:
  // Of a run in the directory "run".
  int run_loser(const std::string& agents, const std::string& rest = "") {
    put_file(scratch() / "loser.toml",
             fmt::format(
                 "[subject]\nkind = \"command\"\ncommand = [\"python3\", \"{}\", \"good\"]\n[agents]\n{}\n{}",
                 HOLDFAST_MISBEHAVING_SUBJECT, agents, rest));
    return holdfast({"run", "loser.toml", "--seed", "5", "--quiet", "--out", "run"}).exit_code;
  }
};

TEST_F(Replay, StatesHowOftenTheSameCheckFails) {
  ASSERT_EQ(run_loser("count = 2\nbroadcasts = 1"), 1);
  const auto end = holdfast({"replay", "run", "--times", "3", "--out", "again", "--yes"});
  EXPECT_EQ(end.exit_code, 1) << end.err;
  EXPECT_EQ(end.out,
            "loser, seed 5: the check lost failed in 3 of 3 runs (100 %; 95 % interval 29.2 %\n"
            "  to 100 %)\nruns: again\n");
  const auto json = nlohmann::json::parse(file_bytes(scratch() / "again" / "replay.json"));
  EXPECT_EQ(json.at("same"), 3);
  // Each is a run like any other, of the same plan.
  EXPECT_EQ(holdfast({"check", "again/run-2"}).exit_code, 1);
  EXPECT_EQ(result_of("again/run-2").seed, 5U);
  EXPECT_NE(file_bytes(scratch() / "again/run-2/plan.json"), file_bytes(scratch() / "again/run-3/plan.json"));
}

TEST_F(Replay, OfAFailureThatDoesNotComeAgainIsZero) {
  ASSERT_EQ(run_loser("count = 2\nbroadcasts = 1"), 1);
  // As if the subject had been mended since.
  std::string plan = file_bytes(scratch() / "run/plan.json");
  const std::string good = "\"good\"", fine = "\"holdfast-queue-in-c\"";
  const auto command = plan.find("\"python3\"");
  ASSERT_NE(command, std::string::npos);
  plan.replace(command, plan.find(good) + good.size() - command, fine);
  const auto files = plan.find("\"queue.json\"");
  ASSERT_NE(files, std::string::npos);
  plan.replace(files, 12, "\"queue.jsonl*\"");
  put_file(scratch() / "run/plan.json", plan);
  const auto end = holdfast({"replay", "run", "--times", "2", "--out", "again", "--yes", "--json"});
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_EQ(nlohmann::json::parse(end.out).at("passed"), 2);
  EXPECT_FALSE(std::filesystem::exists(scratch() / "again/run-1/events"));  // nothing to look at
}

TEST_F(Replay, SaysThatTheSubjectHasChanged) {
  const std::string subject = file_bytes(HOLDFAST_MISBEHAVING_SUBJECT);
  put_file(scratch() / "subject.py", subject);
  put_file(scratch() / "loser.toml",
           "[subject]\nkind = \"command\"\ncommand = [\"python3\", \"subject.py\", \"good\"]\n"
           "[agents]\ncount = 2\nbroadcasts = 1\n");
  ASSERT_EQ(holdfast({"run", "loser.toml", "--quiet", "--out", "run"}).exit_code, 1);
  EXPECT_FALSE(holds(holdfast({"replay", "run", "--times", "1", "--yes"}).out, "has changed"));
  put_file(scratch() / "subject.py", subject + "\n");
  EXPECT_TRUE(holds(holdfast({"replay", "run", "--times", "1", "--yes"}).out,
                    "subject.py has changed since that run.\n"));
}

TEST_F(Replay, NeedsARunThatFailed) {
  expect_one_sentence(holdfast({"replay", "nowhere"}), 64, "nowhere");
  ASSERT_EQ(holdfast({"run", "no-fault", "--quiet", "--out", "run"}).exit_code, 0);
  expect_one_sentence(holdfast({"replay", "run"}), 64, "there is nothing to repeat");
  expect_one_sentence(holdfast({"shrink", "run"}), 64, "there is nothing to repeat");
  EXPECT_FALSE(std::filesystem::exists(scratch() / "holdfast-runs"));
}

// A plan.json may come from elsewhere, and its command may do anything.
TEST_F(Replay, RunsNoCommandUnasked) {
  ASSERT_EQ(run_loser("count = 2\nbroadcasts = 1"), 1);
  for (const std::string command : {"replay", "shrink"}) {
    const auto end = holdfast({command, "run", "--out", "again"});
    expect_one_sentence(end, 64, "the plan runs a command: python3 ");
    EXPECT_TRUE(holds(end.err, "--yes")) << end.err;
    EXPECT_FALSE(std::filesystem::exists(scratch() / "again"));
  }
  const auto told = holdfast({"replay", "run", "--times", "1", "--out", "again", "--yes"});
  EXPECT_TRUE(holds(told.err, "the plan runs a command: python3 ")) << told.err;
}

TEST_F(Replay, CutShortSaysWhatThereIs) {
  ASSERT_EQ(run_loser("count = 2\nbroadcasts = 1"), 1);
  auto replay = start({"replay", "run", "--times", "10000", "--out", "again", "--yes"});
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(scratch() / "again/run-2"); }));
  replay.send_to_group(SIGINT);
  const auto end = replay.wait();
  EXPECT_EQ(end.exit_code, 1) << end.err;
  EXPECT_TRUE(holds(end.out, "the check lost failed in ")) << end.out;
}

TEST_F(Replay, ShrinksToTwoAgentsAndOneBroadcast) {
  ASSERT_EQ(run_loser("count = 5\nbroadcasts = 3",
                      "[[inject]]\nkind = \"open-handle\"\npath = \"x\"\nhold = \"1ms\"\nmin_fired = 0\n"
                      "[[expect]]\nfigure = \"agents.succeeded\"\nat_least = 5\n"),
            1);
  const auto end = holdfast({"shrink", "run", "--times", "2", "--rate", "1", "--out", "small", "--yes"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_TRUE(holds(end.out,
                    "loser: 2 agents, 1 broadcast each, 0 injectors; before, 5 agents, 3 broadcasts\n"
                    "  each, 1 injector. "))
      << end.out;
  EXPECT_TRUE(holds(end.out, "the check lost failed in 10 of 10 runs")) << end.out;
  EXPECT_TRUE(holds(end.out, "holdfast run small/loser-small.toml --seed 5\n")) << end.out;
  EXPECT_FALSE(std::filesystem::exists(scratch() / "small/try"));
  EXPECT_EQ(holdfast({"run", "small/loser-small.toml", "--seed", "5", "--quiet"}).exit_code, 1);
  EXPECT_EQ(holdfast({"check", "small/run-1"}).exit_code, 1);
}

}  // namespace
}  // namespace holdfast
