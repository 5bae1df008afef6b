// What a gate compares with: the figures of many runs of one scenario under one set of settings, one row a run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "reports/summary/summary.h"

namespace holdfast {

// A run as one observation. Whatever has no data is none.
struct RunFigures {
  std::string run;  // its id, 16 hex digits
  std::string started_at, version;
  bool passed = false;
  std::optional<double> success_rate;  // acknowledged of attempted broadcasts
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

// Adds the runs that are not in it yet; how many were new.
std::size_t merge_runs(Baseline& baseline, const std::vector<RunFigures>& runs);
// The same, and drops beyond most_baseline_runs those that were started first.
std::size_t add_runs(Baseline& baseline, const std::vector<RunFigures>& runs);

// Of times and rates: what no clock measures is no figure, and its logarithm would be none either.
inline constexpr double least_figure = 1e-9, greatest_figure = 1e12;

// Code::invalid, in one sentence, unless both are of the same scenario, variant and settings.
Result<> check_same_kind(const Baseline& baseline, const Baseline& other, const std::string& file_name);

// "holdfast.baseline/1", ends in a newline. What is read may be of any hand; errors are Code::invalid.
std::string to_json(const Baseline& baseline);
Result<Baseline> parse_baseline(std::string_view json, const std::string& file_name);

}  // namespace holdfast
