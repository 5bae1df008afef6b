#include "reports/run/result_json_latency.h"

#include <fmt/format.h>

namespace holdfast {
namespace {

void read_histogram(const JsonFields& fields, Summary& summary) {
  if (!fields.present()) return;
  std::vector<double> uppers_ms;
  std::vector<std::uint64_t> counts;
  fields.numbers("upper_ms", uppers_ms);
  fields.counts("counts", counts);
  if (!fields.intact()) return;
  if (uppers_ms.size() != counts.size()) return fields.complain("counts", "is not as long as upper_ms");
  std::uint64_t sum = 0;
  double before = -1;
  for (std::size_t at = 0; at < counts.size(); ++at) {
    if (uppers_ms[at] <= before || uppers_ms[at] < 0)
      return fields.complain("upper_ms", "does not rise from 0");
    before = uppers_ms[at];
    if (counts[at] > summary.ok - sum) break;
    sum += counts[at];
    summary.latency_histogram.push_back({uppers_ms[at], counts[at]});
  }
  const bool all = summary.latency_histogram.size() == counts.size() && (counts.empty() || sum == summary.ok);
  if (!all) fields.complain("counts", "does not sum to broadcasts.ok");
}

SeriesRow read_row(const JsonFields& fields) {
  SeriesRow row;
  fields.count("started", row.started);
  fields.count("ok", row.ok);
  fields.count("failed", row.failed);
  fields.count("unknown", row.unknown);
  fields.count("refusals", row.refusals);
  const JsonFields latency = fields.object("latency_ms");
  latency.number("p50", row.latency_p50_ms);
  latency.number("p99", row.latency_p99_ms);
  latency.number("max", row.latency_max_ms);
  return row;
}

void read_series(const JsonFields& fields, Summary& summary) {
  fields.count("series_step_s", summary.series_step_s, false);
  if (summary.series_step_s == 0) fields.complain("series_step_s", "is 0");
  SeriesRow sum;
  fields.each(
      "series",
      [&](const JsonFields& each) {
        if (summary.series.size() == most_series_rows) {
          return fields.complain("series", fmt::format("has more than {} rows", most_series_rows));
        }
        std::uint64_t at_s = 0;
        each.count("at_s", at_s);
        if (at_s != summary.series.size() * summary.series_step_s) {
          each.complain("at_s", "is not the step after the row before it");
        }
        const SeriesRow row = read_row(each);
        sum.started += row.started;
        sum.ok += row.ok;
        sum.failed += row.failed;
        sum.unknown += row.unknown;
        sum.refusals += row.refusals;
        summary.series.push_back(row);
      },
      false);
  if (summary.series.empty()) return;
  const bool adds_up = sum.started == summary.attempted && sum.ok == summary.ok &&
                       sum.failed == summary.failed && sum.unknown == summary.unknown &&
                       sum.refusals == summary.refusals;
  if (!adds_up) fields.complain("series", "does not sum to broadcasts and refusals");
}

}  // namespace

void read_latency(const JsonFields& fields, Summary& summary) {
  fields.object("latency_ms").number("p999", summary.latency_p999_ms, false);
  read_histogram(fields.object("latency_histogram", false), summary);
  read_series(fields, summary);
}

}  // namespace holdfast
