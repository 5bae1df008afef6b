// Whether a series of runs is worse than its baseline. Pure functions.
//
// The run is the unit. Times are measured in rounds of the reference work timed in the same run, so that the
// machine's speed cancels out. Each figure is tested only for being worse: the share of runs that pass with Fisher's
// exact test (two-sided, which errs on the safe side), all others one-sided with the Mann–Whitney test on one value
// per run. Holm's procedure (Scandinavian Journal of Statistics 6, 1979) distributes the error rate over the figures,
// so that identical runs are called worse in at most one comparison of 300. Significant does not mean important: a
// figure counts only if it is also worse by a least effect: 5 points of the runs that pass, 2 points of the success
// rate, 12 % of throughput or median latency, 25 % of latency.p99.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/gate/baseline.h"

namespace holdfast {

inline constexpr double gate_error =
    1.0 / 300;                              // share of comparisons in which identical runs are called worse
inline constexpr double gate_power = 0.95;  // share of the two changes below that is caught
inline constexpr double promised_slowdown = 1.2;
inline constexpr double promised_drop = 0.05;  // in the share of broadcasts acknowledged

struct FigureComparison {
  std::string name;  // "latency.p50"
  bool ratio = false;
  std::uint64_t runs_before = 0, runs_now = 0;  // that have the figure
  double before = 0, now = 0;                   // medians; for rates, means
  double worse_by =
      0;             // ratio: a factor, 1.2 = takes 20 % longer; else a difference of shares, 0.05 = 5 points
  double p = 1;      // one-sided, except for the share of runs
  double level = 0;  // the threshold for p
  bool reachable = false;   // this many runs could show a difference at all
  bool regression = false;  // significantly worse, and by the least effect
};

struct GateResult {
  std::vector<FigureComparison> figures;
  std::uint64_t runs_before = 0, runs_now = 0;
  std::uint64_t runs_needed = 0;     // for the promised power against this baseline; 0: more than 100
  int exit_code = 2;                 // 0, 2 inconclusive, 4 a regression
  std::vector<std::string> reasons;  // one sentence each; never empty
};

// Only the tests; figures in a fixed order.
std::vector<FigureComparison> compare_figures(const std::vector<RunFigures>& before,
                                              const std::vector<RunFigures>& now);

// The number of runs that catches the promised slowdown and drop with the promised power, found by drawing baselines
// and runs from these runs, with a fixed seed, and planting either. 0: more than 100.
std::uint64_t runs_needed_for(const std::vector<RunFigures>& before);

GateResult gate(const Baseline& baseline, const Baseline& runs);

// As text, `columns` wide.
std::string render_gate(const GateResult& result, const Baseline& baseline, int columns);
std::string to_json(const GateResult& result, const Baseline& baseline);  // "holdfast.gate/1"

}  // namespace holdfast
