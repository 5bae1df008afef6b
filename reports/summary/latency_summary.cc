#include "reports/summary/latency_summary.h"

#include <algorithm>

#include "reports/statistics/histogram.h"
#include "reports/summary/milliseconds.h"

namespace holdfast {
namespace {

// Whole seconds from the barrier; what lies before it belongs to the first one.
std::uint64_t second_of(const History& history, std::int64_t time_ns) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  if (time_ns <= history.started_ns) return 0;
  return (static_cast<std::uint64_t>(time_ns) - static_cast<std::uint64_t>(history.started_ns)) / second_ns;
}

// `visit_broadcast` and `visit_refusal` are given what happened, and its second.
template <typename VisitBroadcast, typename VisitRefusal>
void each_in_time(const History& history, const VisitBroadcast& visit_broadcast,
                  const VisitRefusal& visit_refusal) {
  for (const Operation& operation : history.operations) {
    if (operation.function != Function::broadcast) continue;
    visit_broadcast(operation, second_of(history, operation.intended_ns));
  }
  for (const Call& call : history.calls) {
    if (call.windows_code != 0) visit_refusal(second_of(history, call.received_ns));
  }
}

std::int64_t latency_ns(const Operation& acknowledged) {
  return acknowledged.complete_ns - acknowledged.intended_ns;
}

}  // namespace

void summarise_latency(const History& history, Summary& summary) {
  DurationHistogram histogram;
  for (const Operation& operation : history.operations) {
    const bool acknowledged = operation.function == Function::broadcast && operation.outcome == Outcome::ok;
    if (acknowledged) histogram.add(latency_ns(operation));
  }
  if (histogram.count() == 0) return;
  const auto at = [&](double q) { return milliseconds(histogram.quantile_ns(q)); };
  summary.latency_ms = {at(0.50), at(0.90), at(0.99), milliseconds(histogram.max_ns())};
  summary.latency_p999_ms = at(0.999);
  for (const auto& bucket : histogram.buckets()) {
    summary.latency_histogram.push_back({static_cast<double>(bucket.greatest_ns) / 1e6, bucket.count});
  }
}

void summarise_series(const History& history, Summary& summary) {
  if (history.started_ns == 0) return;
  bool anything = false;
  std::uint64_t last = 0;
  const auto reach = [&](std::uint64_t second) {
    anything = true;
    last = std::max(last, second);
  };
  each_in_time(
      history, [&](const Operation&, std::uint64_t second) { reach(second); }, reach);
  if (!anything) return;
  summary.series_step_s = last / most_series_rows + 1;
  summary.series.resize(last / summary.series_step_s + 1);
  std::vector<DurationHistogram> latencies(summary.series.size());
  each_in_time(
      history,
      [&](const Operation& operation, std::uint64_t second) {
        const std::size_t at = second / summary.series_step_s;
        SeriesRow& row = summary.series[at];
        ++row.started;
        ++(operation.outcome == Outcome::ok     ? row.ok
           : operation.outcome == Outcome::fail ? row.failed
                                                : row.unknown);
        if (operation.outcome == Outcome::ok) latencies[at].add(latency_ns(operation));
      },
      [&](std::uint64_t second) { ++summary.series[second / summary.series_step_s].refusals; });
  for (std::size_t at = 0; at < latencies.size(); ++at) {
    const DurationHistogram& histogram = latencies[at];
    if (histogram.count() == 0) continue;
    summary.series[at].latency_p50_ms = milliseconds(histogram.quantile_ns(0.50));
    summary.series[at].latency_p99_ms = milliseconds(histogram.quantile_ns(0.99));
    summary.series[at].latency_max_ms = milliseconds(histogram.max_ns());
  }
}

}  // namespace holdfast
