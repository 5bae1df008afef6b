#include "reports/sweep/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <sstream>

#include "reports/format/text.h"
#include "reports/testing/golden_file.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

SweepPlan a_plan(std::vector<std::string> variants) {
  SweepPlan plan;
  plan.scenario = "retry-budget";
  plan.title = "How long?";
  plan.version = "0.1.0";
  plan.kernel = "Linux 6.1 x86_64";
  plan.filesystem = "ext4";
  plan.started_at = "2025-03-01T10:00:00Z";
  plan.command = "holdfast sweep retry-budget --seed 1 --hold 0ms..10s --steps 11 --runs 5";
  plan.injector = "open-handle";
  plan.longest = seconds(10);
  for (auto& name : variants) plan.variants.push_back({std::move(name), {}});
  return plan;
}

SweepRun a_run(std::size_t variant, Duration hold, bool survives, std::uint64_t seed = 1) {
  SweepRun run;
  run.variant = variant;
  run.hold = hold;
  run.seed = seed;
  run.told = true;
  run.attempted = 2;
  run.ok = survives ? 2 : 1;
  run.store = "snapshot";
  run.policy = "up to 5 retries, waits of 100 ms doubling each time, no jitter";
  run.planned_budget_ms = 3100;
  run.wait_max_ms = 3100;
  run.command = "holdfast run retry-budget --seed " + std::to_string(seed);
  return run;
}

// A whole sweep of a store that survives holds below `edge`.
Sweep swept(const SweepPlan& plan, std::vector<Duration> edges, double wait_max_ms = 3100) {
  std::vector<SweepRun> runs;
  Sweep sweep = sweep_of(plan, runs);
  for (bool more = true; more;) {
    more = false;
    for (std::size_t variant = 0; variant < edges.size(); ++variant) {
      for (const Duration hold : next_holds(plan, sweep.curves[variant])) {
        more = true;
        for (std::uint64_t run = 0; run < plan.runs; ++run) {
          runs.push_back(a_run(variant, hold, hold < edges[variant], plan.seed + run));
          runs.back().wait_max_ms = wait_max_ms;
        }
      }
    }
    sweep = sweep_of(plan, runs);
  }
  return sweep;
}

TEST(Sweep, FindsTheEdgeByHalves) {
  const Sweep sweep = swept(a_plan({"origin-after", "core"}), {milliseconds(1530), milliseconds(3130)});
  EXPECT_TRUE(sweep.complete);
  const SweepCurve& origin = sweep.curves[0];
  EXPECT_LT(*origin.all_survive, milliseconds(1530));
  EXPECT_GE(*origin.some_fail, milliseconds(1530));
  EXPECT_LE(*origin.some_fail - *origin.all_survive, milliseconds(31));  // 2 %
  EXPECT_EQ(origin.none_survive, origin.some_fail);
  EXPECT_LE(origin.points.size(), 18U);
  EXPECT_EQ(origin.example, "holdfast run retry-budget --seed 1");
  EXPECT_TRUE(std::is_sorted(origin.points.begin(), origin.points.end(),
                             [](const SweepPoint& a, const SweepPoint& b) { return a.hold < b.hold; }));
  const std::string text = render_sweep_terminal(sweep, false, 400);
  EXPECT_THAT(text, HasSubstr("1.57 s more than the shortest hold that defeated it"));
  EXPECT_THAT(text, HasSubstr("core: every run survived holds of up to"));
  EXPECT_THAT(text, HasSubstr(", and the runs agree"));
}

RC_GTEST_PROP(Sweep, EndsAndBracketsEveryEdge, ()) {
  SweepPlan plan = a_plan({""});
  plan.shortest = milliseconds(*rc::gen::inRange(0, 500));
  plan.longest = plan.shortest + milliseconds(*rc::gen::inRange(1, 100'000));
  plan.steps = static_cast<std::uint64_t>(*rc::gen::inRange(1, 30));
  plan.runs = 1;
  const Duration edge = milliseconds(*rc::gen::inRange(0, 120'000));
  const Sweep sweep = swept(plan, {edge});
  const SweepCurve& curve = sweep.curves[0];
  RC_ASSERT(sweep.complete);
  RC_ASSERT(curve.points.size() <= plan.steps + 20);
  RC_ASSERT(curve.points.front().hold <= plan.shortest + milliseconds(1));
  if (curve.all_survive) RC_ASSERT(*curve.all_survive < edge);
  if (curve.some_fail) RC_ASSERT(*curve.some_fail >= edge);
  if (curve.all_survive && curve.some_fail) {
    RC_ASSERT(*curve.some_fail - *curve.all_survive <=
              std::max<Duration>(milliseconds(10), *curve.some_fail / 50));
  }
}

TEST(Sweep, WhatCouldNotBeToldCountsBothWays) {
  SweepPlan plan = a_plan({""});
  plan.steps = 2;
  plan.runs = 3;
  std::vector<SweepRun> runs;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) runs.push_back(a_run(0, Duration(0), true, seed));
  runs[1].told = false;
  const Sweep sweep = sweep_of(plan, runs);
  const SweepPoint& point = sweep.curves[0].points.at(0);
  EXPECT_EQ(point.survived, 2U);
  EXPECT_EQ(point.inconclusive, 1U);
  EXPECT_NEAR(point.interval.lower, clopper_pearson(2, 3, 0.95).lower, 1e-12);
  EXPECT_EQ(point.interval.upper, 1);
  EXPECT_EQ(sweep.curves[0].all_survive, Duration(0));  // as far as they tell
  EXPECT_FALSE(sweep.complete);                         // the longest hold was not tried
  EXPECT_THAT(render_sweep_terminal(sweep, false, 80), HasSubstr("2 of 2 (1 inconcl.)"));
}

TEST(Sweep, ARunSurvivesIfEveryBroadcastWasAcknowledgedAndTheHolderWasInTheWay) {
  Summary summary;
  summary.planned = summary.attempted = summary.ok = 2;
  summary.refusals_by_holder = {{"holder", "holdfast", "rw-", {7}, 1}};
  const auto under = [&](Duration hold) { return sweep_run_of(summary, "holder", 0, hold); };
  EXPECT_TRUE(under(seconds(1)).survived());
  summary.verdict = RunVerdict::fail;  // messages may be lost all the same
  EXPECT_TRUE(under(seconds(1)).survived());
  summary.ok = 1;
  EXPECT_FALSE(under(seconds(1)).survived());
  EXPECT_TRUE(under(seconds(1)).told);
  summary.planned = 3;
  EXPECT_FALSE(under(seconds(1)).told);  // cut short
  summary.planned = summary.ok = 2;
  summary.refusals_by_holder[0].holder = "somebody else";
  EXPECT_FALSE(under(seconds(1)).told);
  EXPECT_TRUE(under(Duration(0)).survived());  // who holds for no time is in nobody's way
  summary.injectors = {{"holder", "antivirus", 1, 1, 1, {}}};
  EXPECT_FALSE(under(seconds(1)).told);
  summary.injectors[0].made_wait = 1;
  EXPECT_TRUE(under(seconds(1)).survived());
}

TEST(Sweep, RangesOfHolds) {
  const auto range = parse_hold_range("0ms..10s");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->shortest, Duration(0));
  EXPECT_EQ(range->longest, seconds(10));
  struct Wrong {
    const char* text;
    const char* said;
  };
  for (const Wrong& wrong :
       {Wrong{"10s", "it is not a range"}, Wrong{"1s..1s", "must be longer than the first"},
        Wrong{"2s..1s", "must be longer"}, Wrong{"0..10s", "--hold 0..10s: "}, Wrong{"1s..", "--hold 1s..: "},
        Wrong{"0ms..25h", "at most 24h"}}) {
    const auto refused = parse_hold_range(wrong.text);
    ASSERT_FALSE(refused) << wrong.text;
    EXPECT_EQ(refused.error().code, Code::invalid);
    EXPECT_THAT(refused.error().message, HasSubstr(wrong.said));
  }
}

TEST(Sweep, Golden) {
  Sweep sweep = swept(a_plan({"origin-after", "core"}), {milliseconds(1530), milliseconds(3130)});
  sweep.curves[0].wait_max_ms = 1500.4;
  expect_golden("sweep.txt", render_sweep_terminal(sweep, false, 80));
  expect_golden("sweep.md", render_sweep_markdown(sweep));
  expect_golden("sweep.json", to_json(sweep));
}

TEST(Sweep, FitsAndIsInert) {
  SweepPlan plan = a_plan({"a"});
  const std::string hostile = "\x1b[31m<script>|`*_" + std::string(200, 'x') + "\n# \xe2\x80\xae";
  for (std::string* text : {&plan.scenario, &plan.title, &plan.injector, &plan.kernel}) *text = hostile;
  for (const int columns : {40, 80, 120}) {
    std::istringstream lines(render_sweep_terminal(swept(plan, {seconds(1)}), false, columns));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_EQ(line, one_line(line));
      if (line.starts_with("  holdfast ")) continue;  // to be copied
      EXPECT_LE(display_width(line), static_cast<std::size_t>(columns)) << line;
    }
  }
  EXPECT_EQ(render_sweep_markdown(swept(plan, {seconds(1)})).find("<script>"), std::string::npos);
}

}  // namespace
}  // namespace holdfast
