// The run in figures: what result.json contains and every renderer shows. A plain value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "harness/check/cause/cause.h"
#include "harness/check/check.h"
#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"
#include "reports/statistics/proportion.h"
#include "reports/statistics/quantiles.h"

namespace holdfast {

struct AgentSummary {
  std::uint32_t id = 0;
  std::uint64_t attempted = 0, ok = 0, failed = 0, unknown = 0;
  std::uint64_t retries = 0;  // of all its operations
  double waited_ms = 0;
  double share =
      0;  // of the broadcasts acknowledged while every agent was sending, as a multiple of an even share
  double longest_gap_ms = 0;  // between two acknowledged broadcasts
  bool succeeded = false;     // every broadcast acknowledged and delivered exactly once to every recipient
  std::string ended;          // "exit 0", "killed by SIGSEGV", "still running"
};

// Refusals by holder. A refusal with several holders counts once for each; one without a known holder counts for
// "unseen", so that every refusal has a holder here.
struct HolderSummary {
  std::string holder;  // injector's name, "agent", "self", "posix-only", "stranger", "unseen"
  std::string program;
  std::string share;               // "rw-"
  std::vector<std::int32_t> pids;  // ascending; the first 32 of them
  std::uint64_t count = 0;         // refusals that name it
};

struct RetryStep {  // one row of the table of planned and observed waits
  int retry = 1;
  double planned_least_ms = 0, planned_greatest_ms = 0;
  bool planned = true;  // false: more retries than the policy allows
  std::uint64_t observed = 0;
  Quantiles observed_ms;
};

struct InjectorSummary {
  std::string name;
  std::string kind;
  std::uint64_t planned = 0, fired = 0, min_fired = 0;
  Quantiles hold_ms;  // of those fired whose release was recorded
  // For kills at every file call of a save: those calls in order, and before how many of them every victim was
  // killed.
  std::vector<std::string> calls{};
  std::uint64_t visited = 0;
  // For kills: broadcasts cut short, and how many of these were delivered anyway.
  std::uint64_t cut_short = 0, recovered = 0;
  // For injectors that make callers wait instead of refusing them: how many calls, and how long at most.
  std::uint64_t made_wait = 0;
  double made_wait_max_ms = 0;
};

struct ExpectationResult {
  Expectation expectation;
  std::optional<double> value;  // none: no data, so it is missed
  bool met = false;
};

struct LatencyBucket {
  double upper_ms = 0;  // the greatest latency in the bucket
  std::uint64_t count = 0;
};

// What happened in one step of the run, a second or more. A broadcast belongs to the step in which it was due,
// whenever it ended; a refusal to the one in which the call was received.
struct SeriesRow {
  std::uint64_t started = 0, ok = 0, failed = 0, unknown = 0;  // broadcasts
  std::uint64_t refusals = 0;
  double latency_p50_ms = 0, latency_p99_ms = 0, latency_max_ms = 0;  // of those acknowledged; 0 if none
};

// Longer runs have steps of more than a second.
inline constexpr std::size_t most_series_rows = 600;

// The conductor's reference work (harness/conduct/machine/reference.h): how fast this machine was around this load.
// Times of a run divided by it can be compared with those of another day or machine.
struct ReferenceSummary {
  std::uint64_t rounds = 0;
  double before_ms = 0, after_ms = 0;  // a round, right before and right after the load
};

enum class RunVerdict { pass, fail, inconclusive };

struct Summary {
  std::string scenario, variant, title, version, kernel, filesystem, command, started_at, profile, store;
  std::string rules;   // "windows" or "posix"
  std::string opens;   // the subject's, under Windows' rules: "decided" or "untrapped"
  std::string policy;  // "up to 5 retries, waits of 100 ms doubling each time, no jitter"
  std::vector<std::pair<std::string, std::string>> labels;  // by --label, as given
  std::uint64_t seed = 1;
  RunVerdict verdict = RunVerdict::inconclusive;
  std::vector<std::string> reasons;  // one sentence each, the most important first; never empty
  std::uint64_t trials = 1;
  double duration_s = 0;                      // from the barrier to the end
  double load_s = 0;                          // from the barrier to the last answer to a broadcast
  std::optional<ReferenceSummary> reference;  // none: not timed both before and after

  std::uint64_t agents_total = 0, agents_succeeded = 0;
  std::vector<AgentSummary> agents;  // every planned agent, by id

  std::uint64_t planned = 0;  // broadcasts
  std::uint64_t attempted = 0, ok = 0, failed = 0, unknown = 0;
  double success_rate = 0;  // ok / attempted; 0 if nothing was attempted
  Interval ci95;
  std::uint64_t runs_needed = 0;  // clean broadcasts that would show 99.9 % at 95 % confidence

  std::map<std::uint64_t, std::uint64_t> retry_histogram;  // retries -> broadcasts; sums to attempted
  Quantiles waits_ms;  // of every attempted broadcast: its total wait between attempts; 0 without a retry
  double planned_budget_ms = 0;
  std::vector<RetryStep> retry_steps;

  // Acknowledged broadcasts, from the intended start. The maximum is exact; quantiles are at most 1/256 above the
  // exact ones, never below (reports/statistics/histogram.h).
  Quantiles latency_ms;
  double latency_p999_ms = 0;
  std::vector<LatencyBucket> latency_histogram;  // non-empty buckets, rising; sums to ok
  std::vector<SeriesRow> series;                 // from the barrier on, without gaps; at most 600
  std::uint64_t series_step_s = 1;               // what a row covers

  std::uint64_t refusals = 0;
  std::map<std::uint16_t, std::uint64_t> refusals_by_code;
  std::vector<HolderSummary> refusals_by_holder;  // most refusals first
  std::optional<Exactness> exactness;             // none: unknown

  std::vector<InjectorSummary> injectors;
  std::vector<Finding> checks;
  std::optional<Cause> cause;      // of the failure; none if it is not known
  std::vector<MomentLane> moment;  // what the picture of the failure shows; empty without one
  std::vector<ExpectationResult> expectations;
  std::vector<std::string> warnings;  // doubts come first
  std::vector<Doubt> doubts;          // those that made it inconclusive; at most 200
  std::vector<std::string> not_modelled;
  std::vector<std::string> tolerated;  // a sentence for each tolerance applied to the run
};

// Retries of all broadcasts.
std::uint64_t total_retries(const Summary& summary);

// The claim "99.9 % succeed", for runs_needed and the sentences about it.
inline constexpr double claimed_rate = 0.999;
inline constexpr double claimed_confidence = 0.95;

Summary summarise(const Plan& plan, const History& history, std::vector<Finding> findings);

// The value of a dotted figure name (harness/scenario/figures.h), or none if there is no such figure or no
// data for it.
std::optional<double> figure(const Summary& summary, const std::string& name);

// Null if the check is not in it.
const Finding* finding_of(const Summary& summary, std::string_view check);

// 0 pass, 1 a check failed, 2 inconclusive, 3 a threshold was missed.
int exit_code(const Summary& summary);

std::string_view to_string(RunVerdict verdict);     // "pass", "fail", "inconclusive"
std::string_view relation_name(Relation relation);  // "at_least", "at_most", "equals"

std::string to_json(const Summary& summary);  // result.json, "holdfast.result/1", ends in a newline
Result<Summary> parse_summary(std::string_view json, const std::string& file_name);

}  // namespace holdfast
