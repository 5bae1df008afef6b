// Sweeps, for real: where retries are used up, what is kept, and what is left when one is ended.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

using SweepCommandTest = RunTest;

// One agent that broadcasts all the while the holder may be there, however late either comes; 0.15 s of retries against none.
const char* const swept_scenario = R"(
[[inject]]
kind = "open-handle"
path = "queue.json"
hold = "1s"
start_delay = "40ms"
[[variant]]
name = "none"
judged = false
subject.retry.max_retries = 0
[[variant]]
name = "some"
subject.retry.max_retries = 2
subject.retry.base_delay = "50ms"
)";

std::string a_scenario() {
  return small_scenario("count = 1\nbroadcasts = 20\nrate = 20", swept_scenario);
}

TEST_F(SweepCommandTest, FindsWhereRetriesAreUsedUp) {
  put_file(scratch() / "tiny.toml", a_scenario());
  const auto sweep = holdfast({"sweep", "tiny.toml", "--hold", "0ms..5s", "--steps", "2", "--runs", "1",
                               "--seed", "5", "--out", "s", "--json"});
  ASSERT_EQ(sweep.exit_code, 0) << sweep.out << sweep.err;
  EXPECT_EQ(sweep.out, file_bytes(scratch() / "s" / "sweep.json"));
  const auto json = nlohmann::json::parse(sweep.out);
  EXPECT_EQ(json.at("schema"), "holdfast.sweep/1");
  EXPECT_EQ(json.at("complete"), true);
  ASSERT_EQ(json.at("curves").size(), 2U);
  for (const auto& curve : json.at("curves")) {
    EXPECT_EQ(curve.at("points").front().at("survived"), 1);  // held for no time at all
    EXPECT_EQ(curve.at("points").back().at("failed"), 1);
  }
  EXPECT_EQ(json.at("curves")[1].at("planned_budget_ms"), 150);
  // However slow the machine is: who retries outlasts who does not.
  const auto edge = [&](int curve) {
    return json.at("curves")[static_cast<std::size_t>(curve)].at("edge").at("some_fail_ms").get<double>();
  };
  EXPECT_LT(edge(0), edge(1));
  const auto kept = scratch() / "s" / "some" / "hold-5s-seed-5";
  EXPECT_TRUE(std::filesystem::exists(kept / "result.json"));
  EXPECT_FALSE(std::filesystem::exists(kept / "events"));
  EXPECT_TRUE(holds(file_bytes(scratch() / "s" / "report.md"), "# Holds survived"));
  EXPECT_TRUE(
      holds(json.at("curves")[0].at("example"), "holdfast run tiny.toml --variant none --seed 5 --set "));
}

TEST_F(SweepCommandTest, CtrlCEndsItWithWhatThereIs) {
  put_file(scratch() / "slow.toml",
           small_scenario("count = 1\nbroadcasts = 1000\nrate = 20",
                          "[[inject]]\nkind = \"open-handle\"\npath = \"queue.json\"\nhold = \"1s\"\n"));
  auto sweep = start({"sweep", "slow.toml", "--hold", "0ms..1s", "--at-once", "2", "--out", "s"});
  ASSERT_TRUE(eventually([&] { return released("s/hold-0s-seed-1"); }));
  sweep.send(SIGINT);  // to it alone: it tells the runs
  const auto end = sweep.wait();
  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  EXPECT_TRUE(holds(end.out, "cut short")) << end.out;
  expect_nothing_left();
}

TEST_F(SweepCommandTest, WrongUseIsOneSentence) {
  put_file(scratch() / "tiny.toml", a_scenario());
  put_file(scratch() / "two.toml",
           small_scenario("count = 1", "[[inject]]\nkind = \"antivirus\"\nname = \"a\"\nhold = \"1s\"\n"));
  const auto with = [&](std::vector<std::string> line) {
    line.insert(line.begin(), "sweep");
    line.insert(line.end(), {"--out", "s"});
    return holdfast(line);
  };
  expect_one_sentence(with({"tiny.toml", "--hold", "10s"}), 64, "--hold 10s: it is not a range");
  expect_one_sentence(with({"no-fault", "--hold", "0s..1s"}), 64, "has no injector that holds files");
  expect_one_sentence(with({"two.toml", "--hold", "0s..1s"}), 64, "with --injector");
  expect_one_sentence(with({"two.toml", "--hold", "0s..1s", "--injector", "b"}), 64, "Valid here: a");
  expect_one_sentence(with({"tiny.toml", "--hold", "0s..1s", "--set", "inject.0.hold=2s"}), 64,
                      "inject.0.hold");
  EXPECT_EQ(with({"tiny.toml", "--hold", "0s..1s", "--steps", "0"}).exit_code, 64);
  EXPECT_FALSE(std::filesystem::exists(scratch() / "s"));
}

}  // namespace
}  // namespace holdfast
