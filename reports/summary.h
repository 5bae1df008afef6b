// The run in figures: what result.json holds and every renderer shows. A plain value.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/check/check.h"
#include "harness/history/history.h"
#include "harness/scenario/plan.h"

namespace holdfast {

struct Quantiles {
  double p50 = 0, p90 = 0, p99 = 0, max = 0;
};

struct Interval {
  double lower = 0, upper = 1;
};

struct AgentSummary {
  std::uint32_t id = 0;
  std::uint64_t attempted = 0, ok = 0, failed = 0, unknown = 0;
  std::uint64_t retries = 0;       // of all its operations
  double waited_ms = 0;
  bool succeeded = false;          // every broadcast acknowledged and delivered exactly once to every recipient
  std::string ended;               // "exit 0", "killed by SIGSEGV", "still running"
};

struct HolderSummary {
  std::string holder;   // injector's name, "agent", "self", "posix-only", "stranger", "unseen"
  std::string program;
  std::string share;    // "rw-"
  std::vector<std::int32_t> pids;
  std::uint64_t count = 0;  // refusals it was named in
};

struct RetryStep {          // one row of the table of planned and observed waits
  int retry = 1;
  double planned_least_ms = 0, planned_greatest_ms = 0;
  std::uint64_t observed = 0;
  Quantiles observed_ms;
};

struct InjectorSummary {
  std::string name;
  std::string kind;
  std::uint64_t planned = 0, fired = 0, min_fired = 0;
  Quantiles hold_ms;  // as fired
};

struct ExpectationResult {
  Expectation expectation;
  std::optional<double> value;  // none: no data, which misses it
  bool met = false;
};

enum class RunVerdict { pass, fail, inconclusive };

struct Summary {
  std::string scenario, title, version, kernel, filesystem, command, started_at, profile, store;
  std::uint64_t seed = 1;
  RunVerdict verdict = RunVerdict::inconclusive;
  std::vector<std::string> reasons;
  std::uint64_t trials = 1;
  double duration_s = 0;

  std::uint64_t agents_total = 0, agents_succeeded = 0;
  std::vector<AgentSummary> agents;

  std::uint64_t attempted = 0, ok = 0, failed = 0, unknown = 0;
  double success_rate = 0;
  Interval ci95;
  std::uint64_t runs_needed = 0;  // clean broadcasts that would show 99.9 % at 95 % confidence

  std::map<std::uint64_t, std::uint64_t> retry_histogram;  // retries -> operations; sums to attempted
  Quantiles waits_ms;
  double planned_budget_ms = 0;
  std::vector<RetryStep> retry_steps;
  Quantiles latency_ms;           // from the intended start, acknowledged broadcasts

  std::uint64_t refusals = 0;
  std::map<std::uint16_t, std::uint64_t> refusals_by_code;
  std::vector<HolderSummary> refusals_by_holder;

  std::vector<InjectorSummary> injectors;
  std::vector<Finding> checks;
  std::vector<ExpectationResult> expectations;
  std::vector<std::string> warnings;
  std::vector<std::string> not_modelled;
};

Summary summarise(const Plan& plan, const History& history, std::vector<Finding> findings);

// The value of a dotted figure name, or none if there is no such figure or no data for it.
std::optional<double> figure(const Summary& summary, const std::string& name);
bool is_figure(const std::string& name);

// 0 pass, 1 a check failed, 2 inconclusive, 3 a threshold was missed.
int exit_code(const Summary& summary);

std::string to_json(const Summary& summary);  // result.json, "holdfast.result/1", ends in a newline
Result<Summary> parse_summary(std::string_view json, const std::string& file_name);

// Renderers: pure, the same summary gives the same bytes.
std::string render_terminal(const Summary& summary, bool colour, int columns);
std::string render_markdown(const Summary& summary);
std::string render_junit(const Summary& summary);

// BEFORE against AFTER.
struct Comparison {
  Summary before, after;
  double fisher_p_agents = 1;      // agents succeeded
  double fisher_p_broadcasts = 1;  // broadcasts acknowledged
};
Comparison compare(Summary before, Summary after);
std::string render_comparison_terminal(const Comparison& comparison, bool colour, int columns);
std::string render_comparison_markdown(const Comparison& comparison);
std::string to_json(const Comparison& comparison);  // "holdfast.compare/1"

}  // namespace holdfast
