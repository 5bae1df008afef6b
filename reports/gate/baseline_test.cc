#include "reports/gate/baseline.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/testing/example_summaries.h"

namespace holdfast {
namespace {

using Json = nlohmann::json;

std::vector<RunFigures> numbered_runs(int from, int to) {
  std::vector<RunFigures> runs;
  for (int i = from; i < to; ++i) {
    RunFigures run;
    run.run = fmt::format("{:016x}", i);
    run.started_at = "2025-01-01T00:00:00Z";
    run.version = "1";
    run.passed = i % 2 == 0;
    run.success_rate = 0.5;
    run.per_second = 100.25;
    run.latency_p50_ms = 1.0 / 3;
    run.reference_ms = 0.05;
    runs.push_back(run);
  }
  return runs;
}

Baseline example_baseline(int runs) {
  return {"broadcast-8", "fixed", "0123456789abcdef", numbered_runs(0, runs)};
}

TEST(Baseline, IsReadBackAsItWasWritten) {
  const Baseline baseline = example_baseline(3);
  const auto read = parse_baseline(to_json(baseline), "b.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, baseline);
  EXPECT_EQ(to_json(*read), to_json(baseline));
}

TEST(Baseline, KeepsTheLatestRunsAndNoneTwice) {
  Baseline baseline = example_baseline(3);
  EXPECT_EQ(add_runs(baseline, numbered_runs(1, 5)), 2U);
  EXPECT_EQ(baseline.runs, numbered_runs(0, 5));
  EXPECT_EQ(add_runs(baseline, numbered_runs(5, 100)), 95U);
  EXPECT_EQ(baseline.runs, numbered_runs(40, 100));
}

TEST(Baseline, KeepsTheLatestByTheirTimeAndNotByTheirComing) {
  Baseline baseline = example_baseline(0);
  auto newer = numbered_runs(0, 60);
  for (RunFigures& run : newer) run.started_at = "2025-06-01T00:00:00Z";
  add_runs(baseline, newer);
  EXPECT_EQ(add_runs(baseline, numbered_runs(60, 90)), 30U);  // older ones, found later
  EXPECT_EQ(baseline.runs, newer);
}

TEST(Baseline, RunsToBeComparedAreNotCutToWhatABaselineKeeps) {
  Baseline runs = example_baseline(3);
  EXPECT_EQ(merge_runs(runs, numbered_runs(0, 100)), 97U);
  EXPECT_EQ(runs.runs, numbered_runs(0, 100));
}

// A logarithm is taken of each, and of their quotients.
TEST(Baseline, WhatNoClockMeasuresIsNoFigure) {
  for (const double value : {1e-310, 1e-10, 1e13, 1e300}) {
    Baseline baseline = example_baseline(1);
    baseline.runs[0].latency_p50_ms = value;
    const auto read = parse_baseline(to_json(baseline), "b.json");
    ASSERT_FALSE(read) << value;
    EXPECT_NE(read.error().message.find("runs[0].latency_p50_ms is not between 1e-09 and 1e"),
              std::string::npos)
        << read.error().message;
  }
  Summary summary = example_pass();
  summary.reference = ReferenceSummary{100, 1e200, 1e200};
  EXPECT_FALSE(run_figures(summary, 1).reference_ms);
}

TEST(Baseline, TakesItsFiguresFromARun) {
  Summary summary = example_pass();
  summary.load_s = 2;
  summary.reference = ReferenceSummary{100, 0.04, 0.09};
  const RunFigures run = run_figures(summary, 0xABC);
  EXPECT_EQ(run.run, "0000000000000abc");
  EXPECT_TRUE(run.passed);
  EXPECT_EQ(run.success_rate, summary.success_rate);
  EXPECT_EQ(run.per_second, static_cast<double>(summary.ok) / 2);
  EXPECT_EQ(run.latency_p50_ms, summary.latency_ms.p50);
  EXPECT_NEAR(run.reference_ms.value_or(0), 0.06, 1e-12);

  const RunFigures nothing = run_figures(Summary(), 1);
  EXPECT_FALSE(nothing.passed);
  EXPECT_FALSE(nothing.success_rate || nothing.per_second || nothing.latency_p50_ms || nothing.reference_ms);
}

TEST(Baseline, OfAnotherKindIsRefused) {
  const Baseline baseline = example_baseline(1);
  EXPECT_TRUE(check_same_kind(baseline, baseline, "b.json"));
  Baseline scenario = baseline, variant = baseline, settings = baseline;
  scenario.scenario = "other";
  variant.variant = "";
  settings.settings = "ffffffffffffffff";
  EXPECT_EQ(check_same_kind(baseline, scenario, "b.json").error().message,
            "b.json is a baseline of broadcast-8 (fixed), and these runs are of other (fixed)");
  EXPECT_EQ(check_same_kind(baseline, variant, "b.json").error().message,
            "b.json is a baseline of broadcast-8 (fixed), and these runs are of broadcast-8");
  EXPECT_NE(check_same_kind(baseline, settings, "b.json").error().message.find("under other settings"),
            std::string::npos);
}

TEST(Baseline, RefusesWhatIsNoneInOneSentence) {
  const Json good = Json::parse(to_json(example_baseline(2)));
  Json many = good;
  for (int i = 2; i < 70; ++i) {
    many["runs"].push_back(many["runs"][0]);
    many["runs"].back()["run"] = fmt::format("{:016x}", i);
  }
  const auto changed = [&](const char* pointer, const Json& value) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    return bad.dump();
  };
  const std::string whole = good.dump();
  const std::pair<std::string, const char*> cases[] = {
      {"", "b.json: "},
      {"null", "must be an object"},
      {whole.substr(0, whole.size() / 2), "b.json: "},
      {std::string(1000, '['), "deeply nested"},
      {std::string(2 << 20, ' '), "larger"},
      {changed("/schema", "holdfast.baseline/2"), "must be holdfast.baseline/1"},
      {changed("/settings", "0123"), "settings is not 16 hex digits"},
      {changed("/scenario", 1), "must be a string"},
      {changed("/runs", Json::array()), "runs is empty"},
      {changed("/runs/1/run", "0000000000000000"), "runs[1].run occurs twice"},
      {changed("/runs/0/run", "../../etc/passwd"), "is not 16 hex digits"},
      {changed("/runs/0/success_rate", 1.5), "is not between 0 and 1"},
      {changed("/runs/0/latency_p50_ms", 0), "is not more than 0"},
      {changed("/runs/0/per_second", "1"), "runs[0].per_second"},
      {changed("/runs/0/passed", "yes"), "runs[0].passed"},
      {many.dump(), "at most 60 are kept"},
  };
  for (const auto& [text, part] : cases) {
    const auto read = parse_baseline(text, "b.json");
    ASSERT_FALSE(read) << text.substr(0, 80);
    EXPECT_EQ(read.error().code, Code::invalid);
    EXPECT_NE(read.error().message.find(part), std::string::npos) << read.error().message;
    EXPECT_EQ(read.error().message.find('\n'), std::string::npos);
  }
  for (const auto& [name, value] : good.items()) {
    Json bad = good;
    bad.erase(name);
    EXPECT_FALSE(parse_baseline(bad.dump(), "b.json")) << name;
  }
}

}  // namespace
}  // namespace holdfast
