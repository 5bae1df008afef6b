// What a gate compares with: the figures of many runs of one scenario with the same settings, one row per run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "reports/summary/summary.h"

namespace holdfast {

// A run as one observation. Figures without data are none.
struct RunFigures {
  std::string run;  // its id, 16 hex digits
  std::string started_at, version;
  bool passed = false;
  std::optional<double> success_rate;  // acknowledged out of attempted broadcasts
  std::optional<double> per_second;    // acknowledged broadcasts
  std::optional<double> latency_p50_ms, latency_p99_ms;
  std::optional<double> reference_ms;  // a round of the reference: the geometric mean of before and after

  bool operator==(const RunFigures&) const = default;
};

RunFigures run_figures(const Summary& summary, std::uint64_t run_id);

struct Baseline {
  std::string scenario, variant;
  std::string settings;  // settings_hash() of the scenario
  std::vector<RunFigures> runs;

  bool operator==(const Baseline&) const = default;
};

inline constexpr std::size_t most_baseline_runs = 60;  // the latest are kept

inline constexpr std::size_t most_baseline_bytes = std::size_t{1} << 20;  // of its file

// Adds the runs that are not in it yet; returns how many were new.
std::size_t merge_runs(Baseline& baseline, const std::vector<RunFigures>& runs);
// The same, then drops the oldest beyond most_baseline_runs.
std::size_t add_runs(Baseline& baseline, const std::vector<RunFigures>& runs);

// Bounds of times and rates: values that no clock measures are invalid, and so would be their logarithms.
inline constexpr double least_figure = 1e-9, greatest_figure = 1e12;

// Code::invalid, in one sentence, unless both are of the same scenario, variant and settings.
Result<> check_same_kind(const Baseline& baseline, const Baseline& other, const std::string& file_name);

// "holdfast.baseline/1", ends in a newline. Input is untrusted; errors are Code::invalid.
std::string to_json(const Baseline& baseline);
Result<Baseline> parse_baseline(std::string_view json, const std::string& file_name);

}  // namespace holdfast
