#include "reports/compare_table.h"

#include <fmt/format.h>

#include "reports/number_format.h"
#include "reports/sentences.h"

namespace holdfast {
namespace {

// "200/200 [98.2 %, 100 %]"
std::string rate_cell(std::uint64_t part, std::uint64_t whole, const Interval& interval) {
  return fmt::format("{}/{} [{}, {}]", format_count(part), format_count(whole),
                     format_percent(interval.lower), format_percent(interval.upper));
}

std::string agents_cell(const Summary& summary) {
  return rate_cell(summary.agents_succeeded, summary.agents_total,
                   clopper_pearson(summary.agents_succeeded, summary.agents_total, 0.95));
}

std::string check_cell(const Summary& summary, const std::string& name) {
  for (const auto& finding : summary.checks) {
    if (finding.name != name) continue;
    if (finding.verdict == Verdict::unknown) return "cannot be told";
    if (finding.verdict == Verdict::not_applicable) return "–";
    return fmt::format("{} of {}", format_count(finding.count), format_count(finding.checked));
  }
  return "not checked";
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
      {"Agents succeeded", agents_cell(before), agents_cell(after),
       fmt::format("p {}", format_p(comparison.fisher_p_agents))},
      {"Broadcasts acknowledged", rate_cell(before.ok, before.attempted, before.ci95),
       rate_cell(after.ok, after.attempted, after.ci95),
       fmt::format("p {}", format_p(comparison.fisher_p_broadcasts))},
  };
  for (const char* name : {"lost", "duplicate", "phantom", "torn-read"}) {
    rows.push_back({name, check_cell(before, name), check_cell(after, name), ""});
  }
  rows.push_back({"Retries", format_count(total_retries(before)), format_count(total_retries(after)), ""});
  rows.push_back({"Refusals", format_count(before.refusals), format_count(after.refusals), ""});
  add_times(rows, "Wait", before.waits_ms, after.waits_ms);
  add_times(rows, "Latency", before.latency_ms, after.latency_ms);
  return rows;
}

}  // namespace holdfast
