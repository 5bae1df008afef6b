#include "reports/summary/latency_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "reports/run/over_time.h"
#include "reports/statistics/histogram.h"
#include "reports/statistics/quantiles.h"
#include "reports/testing/small_run.h"

namespace holdfast {
namespace {

// What a histogram may add to a quantile.
testing::Matcher<double> about(double ms) {
  return testing::AllOf(testing::Ge(ms), testing::Le(ms * (1 + DurationHistogram::relative_error)));
}

// One agent in an open loop: a broadcast each 100 ms, done within 1 ms, but the agent stalls for 1 s in the
// one due at 1 s. Those that were due meanwhile start late, one after the other, as soon as it is back.
SmallRun stalled_run() {
  SmallRun run(1, 30);
  std::int64_t free_ns = 0;
  for (std::uint32_t number = 0; number < 30; ++number) {
    run.broadcast(0, number, Outcome::ok, {}, 1);
    Operation& operation = run.history.operations.back();
    operation.intended_ns = barrier_ns + number * 100 * ms_ns;
    operation.invoke_ns = std::max(operation.intended_ns, free_ns);
    operation.complete_ns = operation.invoke_ns + (number == 10 ? 1000 : 1) * ms_ns;
    free_ns = operation.complete_ns;
  }
  return run;
}

TEST(LatencySummary, AStallShowsInAllThatWereDueMeanwhile) {
  const SmallRun run = stalled_run();
  Summary summary;
  summarise_latency(run.history, summary);
  summarise_series(run.history, summary);
  // From its own start to its end, every broadcast but one took 1 ms.
  const auto slow_by_themselves =
      std::count_if(run.history.operations.begin(), run.history.operations.end(),
                    [](const Operation& each) { return each.complete_ns - each.invoke_ns > 1 * ms_ns; });
  EXPECT_EQ(slow_by_themselves, 1);
  // From when they were due: 1000, 901, 802, ... 109 ms for the ten of the stall. The one due at 2.0 s begins
  // 9 ms late, for it waits for those.
  EXPECT_EQ(summary.latency_ms.max, 1000);
  EXPECT_THAT(summary.latency_ms.p50, about(1));
  EXPECT_THAT(summary.latency_ms.p90, about(703))
      << "the 27th of 30; 1 ms if starts had been taken as they were";
  ASSERT_EQ(summary.series.size(), 3U);
  EXPECT_EQ(summary.series[0].latency_max_ms, 1);
  EXPECT_THAT(summary.series[1].latency_p50_ms, about(505)) << "the fifth of ten";
  EXPECT_EQ(summary.series[1].latency_max_ms, 1000);
  EXPECT_EQ(summary.series[2].latency_max_ms, 10);
  for (const SeriesRow& row : summary.series) EXPECT_EQ(row.started, 10U);
}

TEST(LatencySummary, RowsCountWhatWasDueAndWhatWasRefusedInThem) {
  SmallRun run(2, 4);
  run.broadcast(0, 0, Outcome::ok, {1}, 5);
  run.broadcast(0, 1, Outcome::ok, {1, 101, 1302}, 1400);  // refused in the second 1, done in the second 2
  run.broadcast(0, 2, Outcome::fail, {0, 1500, 3000}, 3100);
  run.broadcast(1, 0, Outcome::info, {}, 0);
  run.broadcast(1, 3, Outcome::ok, {1}, 7);
  run.history.operations.back().intended_ns = barrier_ns - ms_ns;  // before the barrier: the first row
  run.read(0, {{0, 0}});
  Summary summary;
  summarise_latency(run.history, summary);
  summarise_series(run.history, summary);
  EXPECT_EQ(summary.series_step_s, 1U);
  ASSERT_EQ(summary.series.size(), 6U) << "the last refusal came 5 s after the barrier";
  const auto counts = [&](std::size_t at) {
    const SeriesRow& row = summary.series[at];
    return std::vector<std::uint64_t>{row.started, row.ok, row.failed, row.unknown, row.refusals};
  };
  EXPECT_THAT(counts(0), testing::ElementsAre(3, 2, 0, 1, 0));
  EXPECT_THAT(counts(1), testing::ElementsAre(1, 1, 0, 0, 2));
  EXPECT_THAT(counts(2), testing::ElementsAre(1, 0, 1, 0, 1));
  EXPECT_THAT(counts(3), testing::ElementsAre(0, 0, 0, 0, 1));
  EXPECT_THAT(counts(4), testing::ElementsAre(0, 0, 0, 0, 0));
  EXPECT_THAT(counts(5), testing::ElementsAre(0, 0, 0, 0, 1));
  EXPECT_EQ(summary.series[0].latency_max_ms, 3008);
  EXPECT_EQ(summary.series[1].latency_max_ms, 1400);
  EXPECT_EQ(summary.series[2].latency_max_ms, 0) << "nothing of it was acknowledged";
  std::uint64_t in_histogram = 0;
  for (const LatencyBucket& bucket : summary.latency_histogram) in_histogram += bucket.count;
  EXPECT_EQ(in_histogram, 3U);
}

TEST(LatencySummary, LongRunsHaveWiderSteps) {
  struct Row {
    std::uint32_t last_second;
    std::uint64_t step_s;
    std::size_t rows;
  };
  for (const Row row : {Row{0, 1, 1}, Row{599, 1, 600}, Row{600, 2, 301}, Row{1199, 2, 600},
                        Row{1200, 3, 401}, Row{86'400, 145, 596}}) {
    SmallRun run(1, 2);
    run.broadcast(0, 0, Outcome::ok, {}, 1);
    run.broadcast(0, row.last_second, Outcome::ok, {}, 1);
    Summary summary;
    summarise_series(run.history, summary);
    EXPECT_EQ(summary.series_step_s, row.step_s) << row.last_second;
    EXPECT_EQ(summary.series.size(), row.rows) << row.last_second;
    EXPECT_GE(summary.series.back().started, 1U) << row.last_second;
  }
}

TEST(LatencySummary, WithoutABarrierOrAnythingThereIsNoSeries) {
  SmallRun empty(1, 1);
  empty.read(0, {});
  SmallRun unopened(1, 1);
  unopened.broadcast(0, 0, Outcome::ok, {}, 5);
  unopened.history.started_ns = 0;
  for (const SmallRun& run : {empty, unopened}) {
    Summary summary;
    summarise_series(run.history, summary);
    EXPECT_TRUE(summary.series.empty());
    EXPECT_EQ(over_time_table(summary), "");
  }
}

RC_GTEST_PROP(LatencySummary, AgreesWithSortingAndAddsUp, ()) {
  struct Broadcast {
    int due_ms, took_ms;
    bool ok;
  };
  const auto broadcasts = *rc::gen::container<std::vector<Broadcast>>(
      rc::gen::construct<Broadcast>(rc::gen::inRange(0, 2'000'000), rc::gen::inRange(0, 100'000),
                                    rc::gen::weightedElement<bool>({{4, true}, {1, false}})));
  SmallRun run(1, 1);
  std::vector<double> latencies;
  for (const Broadcast& each : broadcasts) {
    run.broadcast(0, 0, each.ok ? Outcome::ok : Outcome::fail, {0}, 0);
    Operation& operation = run.history.operations.back();
    operation.intended_ns = operation.invoke_ns = barrier_ns + each.due_ms * ms_ns;
    operation.complete_ns = operation.invoke_ns + each.took_ms * ms_ns;
    if (each.ok) latencies.push_back(each.took_ms);
  }
  Summary summary;
  summarise_latency(run.history, summary);
  summarise_series(run.history, summary);
  const Quantiles exact = quantiles_of(latencies);
  const auto bounded = [](double given, double wanted) {
    return given >= wanted && given <= wanted * (1 + DurationHistogram::relative_error);
  };
  RC_ASSERT(bounded(summary.latency_ms.p50, exact.p50));
  RC_ASSERT(bounded(summary.latency_ms.p90, exact.p90));
  RC_ASSERT(bounded(summary.latency_ms.p99, exact.p99));
  RC_ASSERT(summary.latency_ms.max == exact.max);
  RC_ASSERT(summary.series.size() <= most_series_rows);
  std::uint64_t started = 0, ok = 0, refusals = 0;
  double greatest = 0;
  for (const SeriesRow& row : summary.series) {
    started += row.started;
    ok += row.ok;
    refusals += row.refusals;
    greatest = std::max(greatest, row.latency_max_ms);
    RC_ASSERT(row.started == row.ok + row.failed + row.unknown);
    RC_ASSERT(row.latency_p50_ms <= row.latency_p99_ms && row.latency_p99_ms <= row.latency_max_ms);
  }
  RC_ASSERT(started == broadcasts.size());
  RC_ASSERT(ok == latencies.size());
  RC_ASSERT(refusals == broadcasts.size() - latencies.size());
  RC_ASSERT(greatest == exact.max);
}

TEST(OverTime, ManyRowsArePutTogether) {
  Summary summary;
  summary.series.resize(41);
  summary.series[40] = {3, 2, 1, 0, 7, 5, 6, 8};
  summary.series[0] = {1, 1, 0, 0, 0, 9, 9, 9};
  summary.series[2] = {1, 1, 0, 0, 4, 2, 2, 30};
  const std::string table = over_time_table(summary);
  EXPECT_THAT(table, testing::HasSubstr("| 0 s | 2 | 2 | 0 | 0 | 4 | 9.00 ms | 9.00 ms | 30.0 ms |"));
  EXPECT_THAT(table, testing::HasSubstr("| 3 s | 0 | 0 | 0 | 0 | 0 | – | – | – |"));
  EXPECT_THAT(table, testing::HasSubstr("| 39 s | 3 | 2 | 1 | 0 | 7 | 5.00 ms | 6.00 ms | 8.00 ms |"));
  EXPECT_THAT(table, testing::HasSubstr("Each row covers 3 seconds"));
  EXPECT_THAT(table, testing::HasSubstr("highest of any second within the row"));
  EXPECT_THAT(table, testing::HasSubstr("at most 0.4 % above"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 2 + 14 + 2);
}

}  // namespace
}  // namespace holdfast
