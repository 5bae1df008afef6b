#include "reports/run/over_time.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/format/text_table.h"
#include "reports/statistics/histogram.h"

namespace holdfast {
namespace {

constexpr std::size_t most_time_rows = 20;

// Rows that share one of the table. Quantiles of several seconds cannot be put together, so the
// worst is kept.
SeriesRow put_together(const std::vector<SeriesRow>& series, std::size_t from, std::size_t to) {
  SeriesRow all;
  for (std::size_t at = from; at < to; ++at) {
    const SeriesRow& row = series[at];
    all.started += row.started;
    all.ok += row.ok;
    all.failed += row.failed;
    all.unknown += row.unknown;
    all.refusals += row.refusals;
    all.latency_p50_ms = std::max(all.latency_p50_ms, row.latency_p50_ms);
    all.latency_p99_ms = std::max(all.latency_p99_ms, row.latency_p99_ms);
    all.latency_max_ms = std::max(all.latency_max_ms, row.latency_max_ms);
  }
  return all;
}

}  // namespace

std::string over_time_table(const Summary& summary) {
  if (summary.series.empty()) return "";
  const std::size_t group = (summary.series.size() + most_time_rows - 1) / most_time_rows;
  TableRows rows;
  for (std::size_t from = 0; from < summary.series.size(); from += group) {
    const SeriesRow row = put_together(summary.series, from, std::min(from + group, summary.series.size()));
    const auto latency = [&](double ms) { return row.ok > 0 ? markdown_text(format_ms(ms)) : "–"; };
    rows.push_back({fmt::format("{} s", format_count(from * summary.series_step_s)),
                    format_count(row.started), format_count(row.ok), format_count(row.failed),
                    format_count(row.unknown), format_count(row.refusals), latency(row.latency_p50_ms),
                    latency(row.latency_p99_ms), latency(row.latency_max_ms)});
  }
  const std::string table = markdown_table({{"From", Align::right},
                                            {"Started", Align::right},
                                            {"Ok", Align::right},
                                            {"Failed", Align::right},
                                            {"Unknown", Align::right},
                                            {"Refusals", Align::right},
                                            {"Latency p50", Align::right},
                                            {"p99", Align::right},
                                            {"max", Align::right}},
                                           rows);
  const std::string covers = format_counted(group * summary.series_step_s, "second");
  const std::string worst =
      group == 1 ? ""
                 : fmt::format(" p50 and p99 are the highest of any {} within the row.",
                               summary.series_step_s == 1 ? std::string("second")
                                                          : format_counted(summary.series_step_s, "second"));
  return table + fmt::format(
                     "\nEach row covers {}, counted from the barrier. A broadcast belongs to the row in "
                     "which it was due, and its latency counts from then; a refusal belongs to the row in "
                     "which the call arrived.{} Latency quantiles are at most {} above the exact values and "
                     "never below; the maximum is exact.\n",
                     covers, worst, format_percent(DurationHistogram::relative_error));
}

}  // namespace holdfast
