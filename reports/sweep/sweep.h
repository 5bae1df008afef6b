// One scenario under longer and longer holds: what share of runs survives each, and where survival ends. Plain values
// and pure functions.
//
// The run is the unit: it survives a hold if every broadcast that it attempted was acknowledged. Whether the messages
// arrived is for `run` to judge. A run in which the holder blocked no call, or that did not reach its end, is
// inconclusive and widens the interval, as an inconclusive trial does. The number of runs per hold is fixed in
// advance, so intervals are Clopper–Pearson; only the choice of holds depends on the results.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/retry/retry_policy.h"
#include "reports/summary/summary.h"

namespace holdfast {

inline constexpr std::uint64_t most_sweep_steps = 1000;
inline constexpr std::uint64_t most_sweep_runs = 10'000;  // of each hold

struct SweepVariant {
  std::string name;  // empty: the scenario has no variants
  std::vector<std::string> settings;
};

struct SweepPlan {
  std::string scenario, title, version, kernel, filesystem, started_at;
  std::string command;     // repeats the sweep
  std::string injector;    // the injector whose hold grows
  std::uint64_t seed = 1;  // run i (from 0) of each hold has the seed `seed` + i
  Duration shortest{0}, longest{0};
  std::uint64_t steps = 11;            // holds from the shortest to the longest, inclusive
  std::uint64_t runs = 5;              // of each hold
  std::vector<SweepVariant> variants;  // at least one
};

struct SweepRun {
  std::size_t variant = 0;  // in SweepPlan::variants
  Duration hold{0};
  std::uint64_t seed = 0;
  bool told = false;  // false: inconclusive
  std::uint64_t attempted = 0, ok = 0, retries = 0, refusals = 0;
  std::string store, policy;
  double planned_budget_ms = 0;  // of the policy, or what an origin store claimed
  double wait_max_ms = 0;        // the longest total wait of a broadcast between its attempts
  std::string reason;            // why, if it did not survive
  std::string command;           // repeats it

  [[nodiscard]] bool survived() const { return told && attempted > 0 && ok == attempted; }
};

// `injector` is the one whose hold grows.
SweepRun sweep_run_of(const Summary& summary, const std::string& injector, std::size_t variant,
                      Duration hold);

// All runs of one variant under one hold.
struct SweepPoint {
  Duration hold{0};
  std::uint64_t survived = 0, failed = 0, inconclusive = 0;  // runs
  std::uint64_t attempted = 0, ok = 0;                       // broadcasts of all runs
  Interval interval;                                         // of the share of runs that survive

  [[nodiscard]] std::uint64_t runs() const { return survived + failed + inconclusive; }
};

struct SweepCurve {
  std::string store, policy;       // of its first run
  double planned_budget_ms = 0;    // on paper
  double wait_max_ms = 0;          // the longest that any broadcast actually waited
  std::vector<SweepPoint> points;  // by hold
  // Among conclusive runs: the longest hold such that all runs survived it and every shorter one tried; the shortest
  // hold under which some failed; the shortest such that none survived it or any longer one tried. None: no such
  // hold.
  std::optional<Duration> all_survive, some_fail, none_survive;
  std::string example;  // the command of a run that failed just beyond the edge, or empty
};

struct Sweep {
  SweepPlan plan;
  std::vector<SweepCurve> curves;  // as in the plan
  bool complete = false;           // nothing is left to run
};

Sweep sweep_of(SweepPlan plan, const std::vector<SweepRun>& runs);

// The holds of a variant to run next, given its curve so far: first all steps; then, bisecting, the middle between
// the longest hold that every run survived and the shortest that one failed under, until they are within 2 % or 10 ms
// of each other. Empty: done.
std::vector<Duration> next_holds(const SweepPlan& plan, const SweepCurve& curve);

// "0ms..10s"; Code::invalid says what is wrong.
struct HoldRange {
  Duration shortest{0}, longest{0};
};
Result<HoldRange> parse_hold_range(const std::string& text);

std::string to_json(const Sweep& sweep);  // sweep.json, "holdfast.sweep/1", ends in a newline

// Renderers, like those of one run in render.h.
std::string render_sweep_terminal(const Sweep& sweep, bool colour, int columns);
std::string render_sweep_markdown(const Sweep& sweep);
std::string render_sweep_html(const Sweep& sweep);

}  // namespace holdfast
