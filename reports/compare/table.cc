#include "reports/compare/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/scenario/check_names.h"
#include "reports/format/number_format.h"
#include "reports/summary/sentences.h"

namespace holdfast {
namespace {

std::string share_cell(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{} of {}", format_count(part), format_count(whole));
}

std::string interval_cell(const Interval& interval) {
  return fmt::format("{} to {}", format_percent(interval.lower), format_percent(interval.upper));
}

Interval agents_interval(const Summary& summary) {
  return clopper_pearson(summary.agents_succeeded, summary.agents_total, 0.95);
}

std::string check_cell(const Finding* finding) {
  if (finding == nullptr) return "not checked";
  if (finding->verdict == Verdict::unknown) return "not determined";
  if (finding->verdict == Verdict::not_applicable) return "–";
  return fmt::format("{} of {}", format_count(finding->count), format_count(finding->checked));
}

void add_times(TableRows& rows, const std::string& what, const Quantiles& before, const Quantiles& after) {
  const auto row = [&](const char* name, double first, double second) {
    rows.push_back({what + " " + name, format_ms(first), format_ms(second), format_ratio(first, second)});
  };
  row("p50", before.p50, after.p50);
  row("p99", before.p99, after.p99);
  row("max", before.max, after.max);
}

}  // namespace

TableRows comparison_rows(const Comparison& comparison) {
  const Summary& before = comparison.before;
  const Summary& after = comparison.after;
  TableRows rows{
      {"Store", before.store, after.store, ""},
      {"Verdict", verdict_word(before.verdict), verdict_word(after.verdict), ""},
      {"Agents succeeded", share_cell(before.agents_succeeded, before.agents_total),
       share_cell(after.agents_succeeded, after.agents_total),
       fmt::format("p {}", format_p(comparison.fisher_p_agents))},
      {"  95 % interval", interval_cell(agents_interval(before)), interval_cell(agents_interval(after)), ""},
      {"Broadcasts ok", share_cell(before.ok, before.attempted), share_cell(after.ok, after.attempted),
       fmt::format("p {}", format_p(comparison.fisher_p_broadcasts))},
      {"  95 % interval", interval_cell(before.ci95), interval_cell(after.ci95), ""},
  };
  for (const CheckRow& check : check_rows) {
    const Finding* const first = finding_of(before, check.name);
    const Finding* const second = finding_of(after, check.name);
    if (check.damage.empty() || (first == nullptr && second == nullptr)) continue;
    rows.push_back({std::string(check.name), check_cell(first), check_cell(second), ""});
  }
  rows.push_back({"Retries", format_count(total_retries(before)), format_count(total_retries(after)), ""});
  rows.push_back({"Refusals", format_count(before.refusals), format_count(after.refusals), ""});
  add_times(rows, "Wait", before.waits_ms, after.waits_ms);
  add_times(rows, "Latency", before.latency_ms, after.latency_ms);
  return rows;
}

}  // namespace holdfast
