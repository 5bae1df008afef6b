// The gate against made-up runs: how often it calls the same worse, and how often it finds what was planted. All
// seeds are fixed, so every rate below is the same on every machine.
#include "reports/gate/gate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "core/base/random.h"

namespace holdfast {
namespace {

double normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

struct Machine {
  double noise = 0.1;     // of a run's times, as the standard deviation of their logarithm
  double success = 0.97;  // of 200 broadcasts
  double pass = 0.95;     // of runs
};

// Its speed varies by a factor of two from run to run, which the reference shares.
RunFigures made_up_run(Random& random, const Machine& machine) {
  const double speed = std::exp(0.7 * (random.uniform() - 0.5));
  const double noise = std::exp(machine.noise * normal(random));
  int ok = 0;
  for (int i = 0; i < 200; ++i) ok += random.uniform() < machine.success ? 1 : 0;
  RunFigures run;
  run.run = fmt::format("{:016x}", random.next());
  run.started_at = "2025-01-01T00:00:00Z";
  run.version = "1";
  run.passed = random.uniform() < machine.pass;
  run.success_rate = ok / 200.0;
  run.per_second = 400 / speed / noise;
  run.latency_p50_ms = 2 * speed * noise * std::exp(0.03 * normal(random));
  run.latency_p99_ms = 9 * speed * noise * std::exp(0.2 * normal(random));
  run.reference_ms = 0.05 * speed;
  return run;
}

std::vector<RunFigures> made_up_runs(Random& random, int count, const Machine& machine = {}) {
  std::vector<RunFigures> runs;
  for (int i = 0; i < count; ++i) runs.push_back(made_up_run(random, machine));
  return runs;
}

bool any_regression(const std::vector<FigureComparison>& figures) {
  return std::any_of(figures.begin(), figures.end(), [](const auto& figure) { return figure.regression; });
}

// Rates are found with enough draws in the plain builds; sanitizers only want to see every line.
#ifdef HOLDFAST_SANITIZED
constexpr int draws_of_a_kind = 20;
#else
constexpr int draws_of_a_kind = 1000;
#endif

// How many of `comparisons` are called worse when `change` is done to every run that is compared.
template <typename Change>
int called_worse(int comparisons, int before, int now, const Machine& machine, Change change) {
  int worse = 0;
  for (int i = 0; i < comparisons; ++i) {
    Random random(derive_seed(2024, static_cast<std::uint64_t>(i)));
    const auto baseline = made_up_runs(random, before, machine);
    auto runs = made_up_runs(random, now, machine);
    for (RunFigures& run : runs) change(run);
    if (any_regression(compare_figures(baseline, runs))) ++worse;
  }
  return worse;
}

void slower(RunFigures& run) {
  *run.per_second /= 1.2;
  *run.latency_p50_ms *= 1.2;
  *run.latency_p99_ms *= 1.2;
}

Baseline as_baseline(std::vector<RunFigures> runs) {
  return {"made-up", "", "0123456789abcdef", std::move(runs)};
}

TEST(Gate, CallsIdenticalRunsWorseInOneOfThreeHundredAtMost) {
  const auto same = [](RunFigures&) {};
  EXPECT_LE(called_worse(draws_of_a_kind, 30, 12, {}, same), 3);
  EXPECT_LE(called_worse(draws_of_a_kind, 60, 20, {}, same), 3);
  // Where everything succeeds most values are equal.
  EXPECT_LE(called_worse(draws_of_a_kind, 30, 12, {0.1, 1, 1}, same), 3);
}

TEST(Gate, FindsASlowdownOfAFifth) {
  EXPECT_GE(called_worse(draws_of_a_kind, 60, 20, {}, slower), draws_of_a_kind * 98 / 100);
  EXPECT_GE(called_worse(draws_of_a_kind * 3 / 10, 60, 12, {0.05, 1, 1}, slower),
            draws_of_a_kind * 3 / 10 - 2);
}

TEST(Gate, FindsASuccessRateFivePointsLower) {
  const auto drop = [](RunFigures& run) { *run.success_rate -= 0.05; };
  EXPECT_GE(called_worse(draws_of_a_kind, 60, 20, {}, drop), draws_of_a_kind * 98 / 100);
  EXPECT_GE(called_worse(draws_of_a_kind * 3 / 10, 60, 12, {0.1, 1, 1}, drop), draws_of_a_kind * 3 / 10 - 2);
}

TEST(Gate, AnotherMachineOfHalfTheSpeedIsNoRegression) {
  const auto elsewhere = [](RunFigures& run) {
    *run.per_second /= 2;
    *run.latency_p50_ms *= 2;
    *run.latency_p99_ms *= 2;
    *run.reference_ms *= 2;
  };
  EXPECT_LE(called_worse(draws_of_a_kind * 3 / 10, 60, 20, {}, elsewhere), 2);
}

TEST(Gate, WhatIsBetterOrHardlyWorseIsNoRegression) {
  const auto better = [](RunFigures& run) {
    *run.per_second *= 1.5;
    *run.latency_p50_ms /= 1.5;
    *run.success_rate = 1;
    run.passed = true;
  };
  EXPECT_EQ(called_worse(100, 60, 20, {}, better), 0);
  // Seen for certain, and below the least effect.
  const auto hardly = [](RunFigures& run) { *run.latency_p50_ms *= 1.09; };
  EXPECT_EQ(called_worse(100, 60, 60, {0.01, 0.97, 0.95}, hardly), 0);
}

TEST(Gate, ATailThatWandersIsNoRegressionAndOneThatGrowsIs) {
  const auto wandering = [](RunFigures& run) { *run.latency_p99_ms *= 1.1; };
  const auto grown = [](RunFigures& run) { *run.latency_p99_ms *= 1.5; };
  EXPECT_EQ(called_worse(100, 60, 60, {0.01, 0.97, 0.95}, wandering), 0);
  EXPECT_EQ(called_worse(100, 60, 60, {0.01, 0.97, 0.95}, grown), 100);
}

TEST(Gate, TooFewRunsAreInconclusiveAndToldHowManyItTakes) {
  Random random(1);
  const Baseline baseline = as_baseline(made_up_runs(random, 60));
  const auto needed = runs_needed_for(baseline.runs);
  ASSERT_GE(needed, 4U);
  ASSERT_LE(needed, 30U);
  const auto fewer = gate(baseline, as_baseline(made_up_runs(random, 3)));
  EXPECT_EQ(fewer.exit_code, 2);
  EXPECT_NE(fewer.reasons.back().find(fmt::format("you need at least {} runs", needed)), std::string::npos)
      << fewer.reasons.back();
  EXPECT_FALSE(fewer.figures.front().reachable && fewer.figures.back().reachable);

  const auto enough = gate(baseline, as_baseline(made_up_runs(random, static_cast<int>(needed))));
  EXPECT_EQ(enough.exit_code, 0) << enough.reasons.front();
  EXPECT_EQ(enough.runs_needed, needed);
  EXPECT_EQ(enough.reasons.size(), 1U);
}

TEST(Gate, ABaselineTooSmallOrTooNoisyIsInconclusive) {
  Random random(2);
  for (const auto& runs : {made_up_runs(random, 2), made_up_runs(random, 30, {3, 1, 1})}) {
    const auto result = gate(as_baseline(runs), as_baseline(made_up_runs(random, 30, {3, 1, 1})));
    EXPECT_EQ(result.runs_needed, 0U);
    EXPECT_EQ(result.exit_code, 2) << result.reasons.front();
    EXPECT_NE(result.reasons.back().find("too small or too uneven"), std::string::npos);
  }
}

TEST(Gate, SaysEveryFigureThatIsWorse) {
  Random random(3);
  const Baseline baseline = as_baseline(made_up_runs(random, 60));
  auto runs = made_up_runs(random, 20, {0.1, 0.6, 0});
  for (RunFigures& run : runs) slower(run);
  const auto result = gate(baseline, as_baseline(runs));
  EXPECT_EQ(result.exit_code, 4);
  ASSERT_GE(result.reasons.size(), 4U);
  for (const char* name : {"passed", "success_rate", "throughput", "latency.p50"}) {
    EXPECT_TRUE(std::any_of(result.reasons.begin(), result.reasons.end(), [&](const std::string& reason) {
      return reason.starts_with(name);
    })) << name;
  }
}

TEST(Gate, WithoutAReferenceTimesAreNotCompared) {
  Random random(4);
  const Baseline baseline = as_baseline(made_up_runs(random, 60));
  auto runs = made_up_runs(random, 30);
  for (RunFigures& run : runs) {
    run.reference_ms.reset();
    *run.latency_p50_ms *= 10;
  }
  const auto result = gate(baseline, as_baseline(runs));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.reasons.front().find("throughput has data in 0 of 30 runs"), std::string::npos)
      << result.reasons.front();
}

TEST(Gate, IsShownAndWrittenAsJson) {
  Random random(5);
  const Baseline baseline = as_baseline(made_up_runs(random, 60));
  auto runs = made_up_runs(random, 30);
  for (RunFigures& run : runs) slower(run);
  const auto result = gate(baseline, as_baseline(runs));
  const std::string page = render_gate(result, baseline, 80);
  EXPECT_TRUE(page.starts_with("REGRESSION  made-up\n  - ")) << page;
  for (const FigureComparison& figure : result.figures)
    EXPECT_NE(page.find("  " + (figure.name == "throughput" ? "time per broadcast" : figure.name)),
              std::string::npos)
        << page;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = page.find('\n', at);
    EXPECT_LE(end - at, 80U) << page;
    at = end + 1;
  }
  const auto json = nlohmann::json::parse(to_json(result, baseline));
  EXPECT_EQ(json.at("schema"), "holdfast.gate/1");
  EXPECT_EQ(json.at("exit"), 4);
  EXPECT_EQ(json.at("figures").size(), 5U);
  EXPECT_EQ(json.at("figures")[3].at("regression"), true);
  EXPECT_GT(json.at("figures")[3].at("worse_factor"), 1.1);
}

}  // namespace
}  // namespace holdfast
