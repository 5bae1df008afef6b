#include "reports/gate/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/format/text.h"

namespace holdfast {

RunFigures run_figures(const Summary& summary, std::uint64_t run_id) {
  RunFigures figures;
  figures.run = fmt::format("{:016x}", run_id);
  figures.started_at = summary.started_at;
  figures.version = summary.version;
  // Thresholds may differ from run to run, and are not part of the settings: only the checks count here.
  const int code = exit_code(summary);
  figures.passed = code == 0 || code == 3;
  const auto positive = [](std::optional<double> value) {
    return value && *value >= least_figure && *value <= greatest_figure ? value : std::nullopt;
  };
  figures.success_rate = figure(summary, "success_rate");
  figures.per_second = positive(figure(summary, "throughput"));
  figures.latency_p50_ms = positive(figure(summary, "latency.p50"));
  figures.latency_p99_ms = positive(figure(summary, "latency.p99"));
  if (summary.reference)
    figures.reference_ms = positive(std::sqrt(summary.reference->before_ms * summary.reference->after_ms));
  return figures;
}

std::size_t merge_runs(Baseline& baseline, const std::vector<RunFigures>& runs) {
  std::size_t added = 0;
  for (const RunFigures& run : runs) {
    const bool known = std::any_of(baseline.runs.begin(), baseline.runs.end(),
                                   [&](const RunFigures& each) { return each.run == run.run; });
    if (known) continue;
    baseline.runs.push_back(run);
    ++added;
  }
  return added;
}

std::size_t add_runs(Baseline& baseline, const std::vector<RunFigures>& runs) {
  const std::size_t added = merge_runs(baseline, runs);
  std::stable_sort(baseline.runs.begin(), baseline.runs.end(),
                   [](const RunFigures& a, const RunFigures& b) { return a.started_at < b.started_at; });
  if (baseline.runs.size() > most_baseline_runs) {
    const auto beyond = static_cast<std::ptrdiff_t>(baseline.runs.size() - most_baseline_runs);
    baseline.runs.erase(baseline.runs.begin(), baseline.runs.begin() + beyond);
  }
  return added;
}

Result<> check_same_kind(const Baseline& baseline, const Baseline& other, const std::string& file_name) {
  const auto named = [](const Baseline& each) {
    const std::string scenario = cut_to(one_line(each.scenario), 60);
    return each.variant.empty() ? scenario
                                : fmt::format("{} ({})", scenario, cut_to(one_line(each.variant), 60));
  };
  if (baseline.scenario != other.scenario || baseline.variant != other.variant) {
    return fail(Code::invalid, fmt::format("{} is a baseline of {}, and these runs are of {}", file_name,
                                           named(baseline), named(other)));
  }
  if (baseline.settings == other.settings) return {};
  return fail(
      Code::invalid,
      fmt::format(
          "{} has runs of {} under other settings (hash {}, but these have {}): start another baseline",
          file_name, named(baseline), baseline.settings, other.settings));
}

}  // namespace holdfast
