// Is a series of runs worse than its baseline? Pure functions.
//
// The run is the unit. Times are taken in rounds of the reference that the same run timed, so that the machine's
// speed cancels out. Each figure is tested for worse alone: the share of runs that pass with Fisher's
// exact test (two-sided, which errs on the safe side), all others one-sided with Mann and Whitney's on a value a run. Holm's procedure (Scandinavian Journal of
// Statistics 6, 1979) shares the error out over the figures, so that identical runs are called worse in one
// comparison of 300 at most. Significant means different, not worth a fuss: a figure counts only if it is also
// worse by a least effect: 5 points of the runs that pass, 2 points of the success rate, 12 % of throughput or
// median latency, 25 % of latency.p99.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/gate/baseline.h"

namespace holdfast {

inline constexpr double gate_error = 1.0 / 300;  // identical runs called worse, of all comparisons
inline constexpr double gate_power = 0.95;       // of the two below, what is promised to be caught
inline constexpr double promised_slowdown = 1.2;
inline constexpr double promised_drop = 0.05;  // of the share of broadcasts acknowledged

struct FigureComparison {
  std::string name;  // "latency.p50"
  bool ratio = false;
  std::uint64_t runs_before = 0, runs_now = 0;  // that have it
  double before = 0, now = 0;                   // medians; of rates, means
  double worse_by =
      0;             // ratio: a factor, 1.2 = takes 20 % longer; else a difference of shares, 0.05 = 5 points
  double p = 1;      // one-sided, but for the share of runs
  double level = 0;  // that p is held against
  bool reachable = false;   // so many runs could show anything at all
  bool regression = false;  // significantly worse, and by the least effect
};

struct GateResult {
  std::vector<FigureComparison> figures;
  std::uint64_t runs_before = 0, runs_now = 0;
  std::uint64_t runs_needed = 0;  // for the promised power against this baseline; 0: more than 100, or never
  int exit_code = 2;              // 0, 2 inconclusive, 4 a regression
  std::vector<std::string> reasons;  // a sentence each; never empty
};

// The tests alone; figures in a fixed order.
std::vector<FigureComparison> compare_figures(const std::vector<RunFigures>& before,
                                              const std::vector<RunFigures>& now);

// How many runs catch the promised slowdown and the promised drop with the promised power: by drawing, from a fixed
// seed, baselines and runs from these runs and planting either. 0: more than 100, or never.
std::uint64_t runs_needed_for(const std::vector<RunFigures>& before);

GateResult gate(const Baseline& baseline, const Baseline& runs);

// For people; `columns` wide.
std::string render_gate(const GateResult& result, const Baseline& baseline, int columns);
std::string to_json(const GateResult& result, const Baseline& baseline);  // "holdfast.gate/1"

}  // namespace holdfast
