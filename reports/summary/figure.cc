// The figures that expectations may name, each with the way it is read from a Summary.
#include <algorithm>
#include <array>
#include <string_view>

#include "harness/sharing/sharing.h"
#include "reports/summary/summary.h"

namespace holdfast {
namespace {

using FigureValue = std::optional<double>;

struct NamedFigure {
  std::string_view name;
  FigureValue (*value)(const Summary&);
};

FigureValue figure_count(std::uint64_t count) {
  return static_cast<double>(count);
}

// Without broadcasts there is no data on rates, waits and retries: a threshold on them must not hold by default.
template <typename Value>
FigureValue if_attempted(const Summary& summary, Value value) {
  if (summary.attempted == 0) return std::nullopt;
  return static_cast<double>(value);
}

FigureValue if_acknowledged(const Summary& summary, double value) {
  if (summary.ok == 0) return std::nullopt;
  return value;
}

// What a check counted, under its name; a check that could not tell has no figure.
FigureValue count_of_check(const Summary& summary, std::string_view name) {
  const Finding* const finding = finding_of(summary, name);
  if (finding == nullptr || (finding->verdict != Verdict::pass && finding->verdict != Verdict::fail))
    return std::nullopt;
  return figure_count(finding->count);
}

std::uint64_t greatest_retries(const Summary& summary) {
  std::uint64_t greatest = 0;
  for (const auto& [retries, broadcasts] : summary.retry_histogram) {
    if (broadcasts > 0) greatest = std::max(greatest, retries);
  }
  return greatest;
}

FigureValue refused_with(const Summary& summary, std::uint16_t code) {
  const auto found = summary.refusals_by_code.find(code);
  return figure_count(found == summary.refusals_by_code.end() ? 0 : found->second);
}

FigureValue faults_fired(const Summary& summary) {
  if (summary.injectors.empty()) return std::nullopt;
  std::uint64_t fired = 0;
  for (const auto& injector : summary.injectors) fired += injector.fired;
  return figure_count(fired);
}

FigureValue throughput(const Summary& summary) {
  if (summary.ok == 0 || summary.load_s <= 0) return std::nullopt;
  return static_cast<double>(summary.ok) / summary.load_s;
}

FigureValue least_share(const Summary& summary) {
  if (summary.ok == 0 || summary.agents.empty()) return std::nullopt;
  return std::min_element(summary.agents.begin(), summary.agents.end(),
                          [](const auto& a, const auto& b) { return a.share < b.share; })
      ->share;
}

FigureValue longest_gap(const Summary& summary) {
  if (summary.ok == 0 || summary.agents.empty()) return std::nullopt;
  return std::max_element(summary.agents.begin(), summary.agents.end(),
                          [](const auto& a, const auto& b) { return a.longest_gap_ms < b.longest_gap_ms; })
      ->longest_gap_ms;
}

constexpr auto named_figures = std::to_array<NamedFigure>({
#define HOLDFAST_FIGURE(name, unit, meaning, value) \
  {name, [](const Summary& s) -> FigureValue { return value; }},
#include "harness/scenario/figures.def"
#undef HOLDFAST_FIGURE
});

const NamedFigure* reader_of_figure(std::string_view name) {
  const auto* const found = std::find_if(named_figures.begin(), named_figures.end(),
                                         [&](const NamedFigure& each) { return each.name == name; });
  return found == named_figures.end() ? nullptr : found;
}

}  // namespace

std::uint64_t total_retries(const Summary& summary) {
  std::uint64_t total = 0;
  for (const auto& [retries, broadcasts] : summary.retry_histogram) total += retries * broadcasts;
  return total;
}

std::optional<double> figure(const Summary& summary, const std::string& name) {
  const NamedFigure* const found = reader_of_figure(name);
  return found == nullptr ? count_of_check(summary, name) : found->value(summary);
}

const Finding* finding_of(const Summary& summary, std::string_view check) {
  const auto found = std::find_if(summary.checks.begin(), summary.checks.end(),
                                  [&](const Finding& finding) { return finding.name == check; });
  return found == summary.checks.end() ? nullptr : &*found;
}

}  // namespace holdfast
