// Many runs of one scenario, in one or several variants, as figures: what trials.json contains and every renderer of
// a series shows. Plain values and pure functions.
//
// The trial is the unit: agents and broadcasts in one run share its faults, so only whole runs are independent. A
// trial passes, fails or is inconclusive. An inconclusive one could have gone either way, so it is left out of the
// rate but widens its interval (as failed for its lower end, as passed for its upper), and no series with one in a
// judged variant passes by the count.
//
// When the number of trials was fixed in advance and all of them were run, intervals are Clopper and Pearson's and
// variants are compared with Fisher's p. If it depended on their results (a stop at the first failure, a sequential
// test, Ctrl-C), neither is valid: then intervals are confidence sequences, which hold whenever a series stops, and
// no p is given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/statistics/sprt.h"
#include "reports/summary/summary.h"

namespace holdfast {

inline constexpr std::uint64_t most_trials = 100'000;  // of each variant

enum class StopRule {
  after_all,      // --trials
  first_failure,  // --until-fail
  when_sure,      // --until-sure
};

struct TrialsVariant {
  std::string name;  // empty: the scenario has no variants
  bool judged = true;
  std::vector<std::string> settings;  // "subject.retry.jitter = \"none\""
};

// The plan of a series, written before the first trial begins (trials-plan.json, "holdfast.trials-plan/1").
struct TrialsPlan {
  std::string scenario, title, version, kernel, filesystem, started_at;
  std::string command;  // repeats the series
  std::uint64_t seed = 1;
  std::uint64_t trials = 1;  // per variant, at most; trial i (from 0) has the seed `seed` + i
  StopRule stop = StopRule::after_all;
  SprtPlan sure;  // when_sure
  bool keep_all = false;
  std::vector<TrialsVariant> variants;  // at least one
};

struct Trial {
  std::size_t variant = 0;  // in TrialsPlan::variants
  std::uint64_t seed = 0;
  RunVerdict verdict = RunVerdict::inconclusive;
  int exit_code = 2;      // of the run on its own
  std::string reason;     // the first of its reasons
  std::string directory;  // below the series' directory: "fixed/seed-3"
  std::string command;    // repeats it
  std::string store, policy;
  std::uint64_t agents_total = 0, agents_succeeded = 0;
  std::uint64_t attempted = 0, ok = 0, failed = 0, unknown = 0;  // broadcasts
  std::uint64_t retries = 0, refusals = 0;
  std::optional<double> latency_p50_ms, latency_p99_ms;  // none: nothing was acknowledged
  double duration_s = 0;
  std::vector<Finding> waived;
};

Trial trial_of(const Summary& summary, std::size_t variant, std::string directory);

// "fixed/seed-3"; "seed-3" if the scenario has no variants.
std::string trial_directory(const TrialsPlan& plan, std::size_t variant, std::uint64_t seed);

struct NextTrial {
  std::size_t variant = 0;
  std::uint64_t seed = 0;
};

// What to run after `done`, or nothing: variants take turns, so that all meet the same machine load.
std::optional<NextTrial> next_trial(const TrialsPlan& plan, const std::vector<Trial>& done);

// A check waived by the scenario, over the trials of a variant.
struct WaivedCheck {
  std::string name, reason;
  std::uint64_t failed = 0, trials = 0;
};

struct VariantResult {
  std::uint64_t passed = 0, failed = 0, inconclusive = 0;  // trials
  Interval interval;                                       // of the rate of trials that pass
  SprtDecision decision = SprtDecision::undecided;         // when_sure, judged variants only
  std::uint64_t agents_total = 0, agents_succeeded = 0;    // of all trials together
  std::uint64_t attempted = 0, ok = 0, failed_broadcasts = 0, unknown = 0, retries = 0, refusals = 0;
  std::optional<double> latency_p50_ms, latency_p99_ms;  // medians of the trials' own
  std::string store, policy;                             // of its first trial
  std::vector<WaivedCheck> waived;

  [[nodiscard]] std::uint64_t trials() const { return passed + failed + inconclusive; }
};

// A variant compared with the first one.
struct VariantComparison {
  std::size_t variant = 0;
  std::optional<double> fisher_p;     // trials passed; none in a sequential design
  std::optional<double> latency_p;    // Mann–Whitney on the trials' median latencies; likewise
  std::optional<double> superiority;  // how likely a trial of this variant is slower than one of the first
};

struct TrialsSummary {
  TrialsPlan plan;
  std::vector<Trial> trials;            // by seed, then by variant
  std::vector<VariantResult> variants;  // as in the plan
  std::vector<VariantComparison> comparisons;
  bool complete = false;    // its stopping rule ended it
  bool sequential = false;  // the number of trials depended on their results
  SprtErrors sure_errors;   // when_sure: the test's exact errors
  RunVerdict verdict = RunVerdict::inconclusive;
  int exit_code = 2;
  std::vector<std::string> reasons;  // never empty
};

TrialsSummary summarise_trials(TrialsPlan plan, std::vector<Trial> trials);

// The trials that did not pass, those of judged variants first, each in order.
std::vector<const Trial*> trials_not_passed(const TrialsSummary& summary);

std::string to_json(const TrialsPlan& plan);
Result<TrialsPlan> parse_trials_plan(std::string_view json, const std::string& file_name);
std::string to_json(const TrialsSummary& summary);  // trials.json, "holdfast.trials/1", ends in a newline

// Renderers, like those of one run in render.h.
std::string render_trials_terminal(const TrialsSummary& summary, bool colour, int columns);
#define HOLDFAST_TRIALS_REPORT(name, file) std::string render_trials_##name(const TrialsSummary& summary);
#include "reports/run/reports.def"
#undef HOLDFAST_TRIALS_REPORT

}  // namespace holdfast
