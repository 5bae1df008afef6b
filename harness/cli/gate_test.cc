// Thresholds from the command line, baselines and the gate, for real.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

using GateCli = RunTest;

const char* const quick = "count = 2\nbroadcasts = 3";

TEST_F(GateCli, EveryMissedThresholdIsToldInOneLine) {
  put_file(scratch() / "small.toml", small_scenario(quick));
  const auto met = holdfast({"run", "small.toml", "--quiet", "--out", "met", "--expect",
                             "success_rate >= 99%", "--expect", "lost == 0"});
  EXPECT_EQ(met.exit_code, 0) << met.err;
  EXPECT_EQ(met.err, "");
  EXPECT_EQ(result_of("met").expectations.size(), 2U);
  EXPECT_TRUE(holds(result_of("met").command, "--expect 'success_rate >= 99%' --expect 'lost == 0'"));

  // No injector, no data: that misses too.
  const auto missed =
      holdfast({"run", "small.toml", "--quiet", "--out", "missed", "--expect", "ok == 7", "--expect",
                "lost == 0", "--expect", "injectors.fired >= 0", "--expect", "latency.max <= 0"});
  EXPECT_EQ(missed.exit_code, 3);
  EXPECT_TRUE(missed.err.starts_with("holdfast: a threshold was missed: ")) << missed.err;
  EXPECT_EQ(std::count(missed.err.begin(), missed.err.end(), '\n'), 1) << missed.err;
  for (const char* const part :
       {"'ok' is 6 (required: exactly 7)", "'injectors.fired': no data (required: at least 0",
        "(required: at most 0 ms)"})
    EXPECT_TRUE(holds(missed.err, part)) << missed.err;
  EXPECT_FALSE(holds(missed.err, "lost is")) << missed.err;

  // Later, and from the events alone.
  EXPECT_EQ(holdfast({"check", "missed"}).exit_code, 3);
  const auto again = holdfast({"check", "met", "--expect", "attempted == 5"});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_TRUE(holds(again.err, "'attempted' is 6 (required: exactly 5)")) << again.err;
  EXPECT_EQ(holdfast({"check", "met"}).exit_code, 0);
}

TEST_F(GateCli, AThresholdThatCannotBeReadRunsNothing) {
  put_file(scratch() / "small.toml", small_scenario(quick));
  for (const auto& [text, part] :
       {std::pair{"lots == 0", "the nearest is \"lost\""}, {"lost", "a comparison is missing"}}) {
    expect_one_sentence(holdfast({"run", "small.toml", "--out", "none", "--expect", text}), 64, part);
    expect_one_sentence(holdfast({"check", "none", "--expect", text}), 64, part);
  }
  EXPECT_FALSE(std::filesystem::exists(scratch() / "none"));
}

// A baseline of `copies` of the runs in `path`, each with an id of its own and times that differ a little.
void multiply(const std::filesystem::path& path, int copies) {
  auto json = nlohmann::json::parse(file_bytes(path));
  const auto runs = json.at("runs");
  json["runs"] = nlohmann::json::array();
  for (int i = 0; i < copies; ++i) {
    auto run = runs.at(static_cast<std::size_t>(i) % runs.size());
    std::string id = "00000000000000" + std::to_string(10 + i);
    run["run"] = id.substr(id.size() - 16);
    const double factor = 1 + 0.001 * i;
    for (const char* const name : {"latency_p50_ms", "latency_p99_ms"}) run[name] = 2 * factor;
    run["per_second"] = 400 / factor;
    run["reference_ms"] = 0.05;
    json["runs"].push_back(run);
  }
  put_file(path, json.dump());
}

TEST_F(GateCli, ASeriesIsAddedToABaselineAndComparedWithIt) {
  put_file(scratch() / "small.toml", small_scenario(quick));
  ASSERT_EQ(holdfast({"run", "small.toml", "--trials", "3", "--quiet", "--out", "first"}).exit_code, 0);
  const auto made = holdfast({"baseline", "update", "first", "--baseline", "b.json"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_TRUE(holds(made.out, "b.json: 3 added, 0 already there")) << made.out;
  EXPECT_TRUE(holds(made.out, "Too small for a gate")) << made.out;
  const auto baseline = nlohmann::json::parse(file_bytes(scratch() / "b.json"));
  ASSERT_EQ(baseline.at("runs").size(), 3U);
  for (const auto& run : baseline.at("runs")) {
    EXPECT_GT(run.at("reference_ms"), 0);
    EXPECT_GT(run.at("per_second"), 0);
  }
  const auto twice = holdfast({"baseline", "update", "first", "first/seed-1", "--baseline", "b.json"});
  EXPECT_TRUE(holds(twice.out, "0 added, 3 already there")) << twice.out;
  expect_one_sentence(holdfast({"gate", "first", "--baseline", "b.json"}), 64, "nothing to compare with");

  // One run is too few to tell, and so is such a baseline.
  ASSERT_EQ(holdfast({"run", "small.toml", "--quiet", "--out", "one"}).exit_code, 0);
  const auto few = holdfast({"gate", "one", "--baseline", "b.json"});
  EXPECT_EQ(few.exit_code, 2) << few.out;
  EXPECT_TRUE(holds(few.err, "holdfast: inconclusive: too few runs to tell: 1 run against 3")) << few.err;

  // Six broadcasts are over in no time: beside these figures everything is worse, or better.
  multiply(scratch() / "b.json", 60);
  put_file(scratch() / "fast.json", [&] {
    auto json = nlohmann::json::parse(file_bytes(scratch() / "b.json"));
    for (auto& run : json["runs"]) run["latency_p50_ms"] = 1e-6 * run["latency_p50_ms"].get<double>();
    return json.dump();
  }());
  ASSERT_EQ(holdfast({"run", "small.toml", "--trials", "5", "--quiet", "--out", "more"}).exit_code, 0);
  const auto worse = holdfast({"gate", "more", "--baseline", "fast.json"});
  EXPECT_EQ(worse.exit_code, 4) << worse.out;
  EXPECT_TRUE(worse.out.starts_with("REGRESSION  small")) << worse.out;
  EXPECT_TRUE(holds(worse.err, "holdfast: a regression: ")) << worse.err;
  EXPECT_TRUE(holds(worse.err, "latency.p50 is worse than in the baseline")) << worse.err;
  EXPECT_EQ(std::count(worse.err.begin(), worse.err.end(), '\n'), 1) << worse.err;
  const auto json = holdfast({"gate", "more", "--baseline", "fast.json", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out).at("exit"), 4);

  put_file(scratch() / "slow.json", [&] {
    auto all = nlohmann::json::parse(file_bytes(scratch() / "b.json"));
    for (auto& run : all["runs"]) {
      run["reference_ms"] = 1e-6;
    }
    return all.dump();
  }());
  const auto better = holdfast({"gate", "more", "--baseline", "slow.json"});
  EXPECT_EQ(better.exit_code, 0) << better.out << better.err;
  EXPECT_EQ(better.err, "");
}

TEST_F(GateCli, RefusesWhatCannotBeCompared) {
  put_file(scratch() / "small.toml", small_scenario(quick));
  put_file(scratch() / "other.toml", small_scenario(quick));
  ASSERT_EQ(holdfast({"run", "small.toml", "--quiet", "--out", "run"}).exit_code, 0);
  ASSERT_EQ(holdfast({"run", "other.toml", "--quiet", "--out", "other"}).exit_code, 0);
  ASSERT_EQ(holdfast({"run", "small.toml", "--agents", "3", "--quiet", "--out", "larger"}).exit_code, 0);
  ASSERT_EQ(holdfast({"baseline", "update", "run", "--baseline", "b.json"}).exit_code, 0);
  const std::string good = file_bytes(scratch() / "b.json");

  put_file(scratch() / "cut.json", good.substr(0, good.size() / 2));
  put_file(scratch() / "large.json", std::string(2 << 20, ' '));
  ASSERT_EQ(::mkfifo((scratch() / "fifo").c_str(), 0600), 0);
  for (const char* const bad : {"cut.json", "large.json", "fifo", "run"}) {
    expect_one_sentence(holdfast({"gate", "run", "--baseline", bad}), 64, bad);
    expect_one_sentence(holdfast({"baseline", "update", "run", "--baseline", bad}), 64, bad);
  }
  EXPECT_EQ(file_bytes(scratch() / "cut.json"), good.substr(0, good.size() / 2));
  expect_one_sentence(holdfast({"gate", "run", "--baseline", "none.json"}), 64,
                      "'holdfast baseline update' makes one");
  expect_one_sentence(holdfast({"baseline", "update", "run", "--baseline", "none/b.json"}), 64,
                      "none/b.json");
  std::filesystem::create_directory(scratch() / "empty");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"gate"}, std::vector<std::string>{"baseline", "update"}}) {
    const auto with = [&](const std::string& directory) {
      auto arguments = command;
      arguments.insert(arguments.end(), {directory, "--baseline", "b.json"});
      return holdfast(arguments);
    };
    expect_one_sentence(with("none"), 64, "no such directory: none");
    expect_one_sentence(with("empty"), 64, "empty has no result.json");
    expect_one_sentence(with("other"), 64, "b.json is a baseline of small, and these runs are of other");
    expect_one_sentence(with("larger"), 64, "under other settings");
  }
  expect_one_sentence(holdfast({"baseline", "update", "run", "larger", "--baseline", "new.json"}), 64,
                      "under other settings");
  EXPECT_FALSE(std::filesystem::exists(scratch() / "new.json"));
  EXPECT_EQ(file_bytes(scratch() / "b.json"), good);
}

TEST_F(GateCli, OfSeveralVariantsOneIsChosen) {
  put_file(scratch() / "two.toml", small_scenario(quick,
                                                  "[[variant]]\nname = \"a\"\n[[variant]]\nname = \"b\"\n"
                                                  "agents.broadcasts = 4\n"));
  ASSERT_EQ(holdfast({"run", "two.toml", "--trials", "2", "--quiet", "--out", "s"}).exit_code, 0);
  expect_one_sentence(holdfast({"baseline", "update", "s", "--baseline", "b.json"}), 64,
                      "choose one with --variant");
  expect_one_sentence(holdfast({"baseline", "update", "s", "--baseline", "b.json", "--variant", "c"}), 64,
                      "no run here has the variant \"c\"");
  const auto made = holdfast({"baseline", "update", "s", "--baseline", "b.json", "--variant", "b"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_TRUE(holds(made.out, "2 added")) << made.out;
  EXPECT_EQ(nlohmann::json::parse(file_bytes(scratch() / "b.json")).at("variant"), "b");
}

}  // namespace
}  // namespace holdfast
