// From a checked history to its figures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "harness/check/cut_short.h"
#include "harness/check/delivery.h"
#include "harness/check/fairness.h"
#include "harness/check/tolerances.h"
#include "harness/sharing/not_modelled.h"
#include "reports/format/number_format.h"
#include "reports/summary/latency_summary.h"
#include "reports/summary/milliseconds.h"
#include "reports/summary/process_end.h"
#include "reports/summary/refusal_summary.h"
#include "reports/summary/retry_summary.h"
#include "reports/summary/summary.h"
#include "reports/summary/verdict.h"

namespace holdfast {
namespace {

constexpr std::size_t most_warnings_kept = 200;

// Iterative functions may differ in their last bit from one compiler to the next; result.json may not.
double rounded_share(double share) {
  return std::round(share * 1e9) / 1e9;
}

void describe_plan(const Plan& plan, Summary& summary) {
  const Scenario& scenario = plan.scenario;
  summary.scenario = scenario.name;
  summary.variant = plan.variant;
  summary.title = scenario.title;
  summary.version = plan.version;
  summary.kernel = plan.kernel;
  summary.filesystem = plan.filesystem;
  summary.command = plan.command;
  summary.started_at = plan.started_at;
  summary.seed = plan.seed;
  summary.labels = plan.labels;
  summary.store = subject_text(scenario.subject);
  const bool windows = scenario.sharing.rules == Rules::windows;
  summary.rules = windows ? "windows" : "posix";
  summary.profile = windows ? scenario.sharing.profile : "";
  if (windows) summary.opens = opens_are_decided(scenario) ? "decided" : "untrapped";
  summary.not_modelled = not_modelled(windows, opens_can_be_refused(scenario), true);
  summary.tolerated = what_was_tolerated(plan);
  summary.planned = std::uint64_t{scenario.agents.count} * scenario.agents.broadcasts;
  summary.runs_needed = clean_runs_needed(claimed_rate, claimed_confidence);
}

// Every agent of the plan is listed, those that left no trace too. A history may name agents that the plan
// does not know; merging has doubted them already, and here they only count.
void summarise_agents(const Plan& plan, const History& history, Summary& summary) {
  summary.agents_total = plan.scenario.agents.count;
  summary.agents.resize(plan.scenario.agents.count);
  for (std::uint32_t id = 0; id < summary.agents.size(); ++id) {
    summary.agents[id].id = id;
    summary.agents[id].ended = "never started";
  }
  for (const ProcessRecord& process : history.processes) {
    if (process.role == Role::agent && process.index < summary.agents.size()) {
      summary.agents[process.index].ended = process_end(process);
    }
  }
  std::vector<std::uint64_t> kills(summary.agents.size());
  for (const Kill& kill : history.kills) {
    if (kill.agent < kills.size()) ++kills[kill.agent];
  }
  for (std::uint32_t id = 0; id < kills.size(); ++id) {
    if (kills[id] != 0) summary.agents[id].ended += " after " + format_counted(kills[id], "planned kill");
  }
  const auto fairness = fairness_of(history, plan.scenario.agents.count);
  for (std::uint32_t id = 0; id < summary.agents.size(); ++id) {
    summary.agents[id].share = fairness[id].share;
    summary.agents[id].longest_gap_ms = static_cast<double>(fairness[id].longest_gap_ns) * 1e-6;
  }
  const std::vector<bool> succeeded = agent_succeeded(plan, history);
  for (std::uint32_t id = 0; id < summary.agents.size(); ++id) {
    summary.agents[id].succeeded = id < succeeded.size() && succeeded[id];
    if (summary.agents[id].succeeded) ++summary.agents_succeeded;
  }
}

void count_outcome(Outcome outcome, std::uint64_t& ok, std::uint64_t& failed, std::uint64_t& unknown) {
  ++(outcome == Outcome::ok ? ok : outcome == Outcome::fail ? failed : unknown);
}

void summarise_broadcasts(const History& history, Summary& summary) {
  for (const Operation& operation : history.operations) {
    if (operation.function != Function::broadcast) continue;
    ++summary.attempted;
    count_outcome(operation.outcome, summary.ok, summary.failed, summary.unknown);
    if (operation.agent < summary.agents.size()) {
      AgentSummary& agent = summary.agents[operation.agent];
      ++agent.attempted;
      count_outcome(operation.outcome, agent.ok, agent.failed, agent.unknown);
    }
  }
  if (summary.attempted > 0) {
    summary.success_rate = static_cast<double>(summary.ok) / static_cast<double>(summary.attempted);
  }
  const Interval exact = clopper_pearson(summary.ok, summary.attempted, 0.95);
  summary.ci95 = {rounded_share(exact.lower), rounded_share(exact.upper)};
}

// How far the walk over a save's file calls got: with the victim that it got least far with, and of those
// that it is through with the one that had most calls.
void summarise_walks(const Injector& planned, const InjectorRecord& record, InjectorSummary& summary) {
  if (planned.kind != InjectorKind::kill || planned.kill_at != KillAt::every_call) return;
  const auto left = [](const KillWalk& walk) {
    return walk.calls.size() - std::min(walk.visited, walk.points);
  };
  const KillWalk* shown = nullptr;
  for (const KillWalk& walk : record.walks) {
    const bool further = shown != nullptr && std::pair(left(walk), walk.calls.size()) <=
                                                 std::pair(left(*shown), shown->calls.size());
    if (!further) shown = &walk;
  }
  if (shown == nullptr) return;
  summary.calls = shown->calls;
  summary.visited = shown->visited;
}

// A call that was done all the same names whom it waited for.
void summarise_delays(const History& history, Summary& summary) {
  for (const Call& call : history.calls) {
    if (call.windows_code != 0) continue;
    std::vector<std::uint32_t> counted;
    for (const Holder& holder : call.holders) {
      const bool known = holder.kind == HolderKind::injector && holder.index < summary.injectors.size();
      if (!known || std::find(counted.begin(), counted.end(), holder.index) != counted.end()) continue;
      counted.push_back(holder.index);
      InjectorSummary& injector = summary.injectors[holder.index];
      ++injector.made_wait;
      injector.made_wait_max_ms =
          std::max(injector.made_wait_max_ms, milliseconds(call.answered_ns - call.received_ns));
    }
  }
}

void summarise_injectors(const Plan& plan, const History& history, Summary& summary) {
  const auto& planned = plan.scenario.injectors;
  std::vector<std::vector<double>> holds_ms(planned.size());
  summary.injectors.resize(planned.size());
  for (std::size_t at = 0; at < planned.size(); ++at) {
    summary.injectors[at].name = planned[at].name;
    summary.injectors[at].kind = to_string(planned[at].kind);
    summary.injectors[at].min_fired = planned[at].min_fired;
  }
  for (const InjectorRecord& record : history.injectors) {
    if (record.index >= planned.size()) continue;
    summary.injectors[record.index].planned += record.planned;
    summary.injectors[record.index].fired += record.fired;
    summarise_walks(planned[record.index], record, summary.injectors[record.index]);
    for (const Fault& fault : record.faults) {
      const bool seen = fault.fired_ns > 0 && fault.released_ns >= fault.fired_ns;
      if (seen) holds_ms[record.index].push_back(milliseconds(fault.released_ns - fault.fired_ns));
    }
  }
  summarise_delays(history, summary);
  for (std::size_t at = 0; at < planned.size(); ++at) {
    summary.injectors[at].hold_ms = quantiles_of(std::move(holds_ms[at]));
  }
}

void summarise_kills(const Plan& plan, const History& history, Summary& summary) {
  if (history.kills.empty()) return;
  const Delivery delivery(plan, history);
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size(); ++ordinal) {
    const Kill* kill = kill_of(history, delivery.sent().operation(ordinal));
    if (kill == nullptr || kill->injector >= summary.injectors.size()) continue;
    ++summary.injectors[kill->injector].cut_short;
    if (delivery.was_read(ordinal)) ++summary.injectors[kill->injector].recovered;
  }
}

// A run that was cut short took as long as the last thing that is known to have been done.
void summarise_time(const History& history, Summary& summary) {
  std::int64_t end_ns = std::max(history.finished_ns, history.quiesced_ns);
  if (end_ns == 0) {
    for (const Operation& operation : history.operations) {
      end_ns = std::max({end_ns, operation.invoke_ns, operation.complete_ns});
    }
  }
  if (history.started_ns == 0 || end_ns <= history.started_ns) return;
  summary.duration_s = milliseconds(end_ns - history.started_ns) / 1e3;
}

void summarise_reference(const History& history, Summary& summary) {
  std::int64_t last_ns = history.started_ns;
  for (const Operation& operation : history.operations) {
    if (operation.function == Function::broadcast) last_ns = std::max(last_ns, operation.complete_ns);
  }
  if (history.started_ns > 0) summary.load_s = milliseconds(last_ns - history.started_ns) / 1e3;
  const ReferenceWork& before = history.reference_before;
  const ReferenceWork& after = history.reference_after;
  if (before.rounds == 0 || after.rounds == 0 || before.round_ns == 0 || after.round_ns == 0) return;
  summary.reference = {before.rounds + after.rounds, milliseconds(before.round_ns),
                       milliseconds(after.round_ns)};
}

// A subject may answer ids alone; then its report must not look as if its bodies had been looked at.
std::optional<std::string> unchecked_bodies(const History& history) {
  const auto untold = static_cast<std::uint64_t>(std::count_if(
      history.seen.begin(), history.seen.end(), [](const Seen& seen) { return !seen.body_told; }));
  if (untold == 0) return std::nullopt;
  return fmt::format(
      "bodies not checked: {} of {} were read without a body; answer {{\"id\":…,\"body\":…}} to have them "
      "checked",
      format_count(untold), format_counted(history.seen.size(), "entry", "entries"));
}

// Files that the scenario does not name, and that orphan-temp nevertheless took for the store's own.
std::optional<std::string> unnamed_files(const Plan& plan, const History& history,
                                         const std::vector<Finding>& findings) {
  const Subject& subject = plan.scenario.subject;
  const bool passed = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.name == "orphan-temp" && finding.verdict == Verdict::pass;
  });
  if (subject.kind != SubjectKind::command || history.leftovers.empty() || !passed) return std::nullopt;
  constexpr std::size_t most = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(most, history.leftovers.size()); ++i)
    names += (i == 0 ? "" : ", ") + history.leftovers[i].name;
  if (history.leftovers.size() > most)
    names += fmt::format(" and {} more", format_count(history.leftovers.size() - most));
  return fmt::format(
      "not in subject.files ({}), but taken for the store's own: {}. Add them if they are, so "
      "that every other file counts as left behind",
      fmt::join(subject.files, ", "), names);
}

void collect_warnings(const Plan& plan, const History& history, const std::vector<Finding>& findings,
                      Summary& summary) {
  if (auto unchecked = unchecked_bodies(history)) summary.warnings.push_back(std::move(*unchecked));
  if (auto unnamed = unnamed_files(plan, history, findings)) summary.warnings.push_back(std::move(*unnamed));
  for (const auto* doubts : {&history.doubts, &history.warnings}) {
    for (const Doubt& doubt : *doubts) summary.warnings.push_back(doubt.text);
  }
  const auto kept = static_cast<std::ptrdiff_t>(std::min(history.doubts.size(), most_warnings_kept));
  summary.doubts.assign(history.doubts.begin(), history.doubts.begin() + kept);
  if (summary.warnings.size() <= most_warnings_kept) return;
  const std::size_t more = summary.warnings.size() - most_warnings_kept;
  summary.warnings.resize(most_warnings_kept);
  summary.warnings.push_back("and " + std::to_string(more) + " more");
}

void explain_failure(const Plan& plan, const History& history, const std::vector<Finding>& findings,
                     Summary& summary) {
  const auto failed = std::find_if(findings.begin(), findings.end(),
                                   [](const Finding& finding) { return decides(finding, Verdict::fail); });
  if (failed == findings.end()) return;
  const Evidence evidence(plan, history);
  summary.cause = cause_of(evidence, findings);
  if (summary.cause) summary.moment = std::move(summary.cause->moment);
  if (!summary.moment.empty()) return;
  if (const Finding* worst = gravest_failure(findings)) summary.moment = moment_of_witness(evidence, *worst);
}

}  // namespace

Summary summarise(const Plan& plan, const History& history, std::vector<Finding> findings) {
  Summary summary;
  describe_plan(plan, summary);
  summarise_agents(plan, history, summary);
  summarise_broadcasts(history, summary);
  summarise_latency(history, summary);
  summarise_series(history, summary);
  summarise_retries(plan, history, summary);
  summarise_refusals(plan, history, summary);
  summary.exactness = history.exactness;
  summarise_injectors(plan, history, summary);
  summarise_kills(plan, history, summary);
  summarise_time(history, summary);
  summarise_reference(history, summary);
  collect_warnings(plan, history, findings, summary);
  explain_failure(plan, history, findings, summary);
  summary.checks = std::move(findings);
  for (const Expectation& expectation : plan.scenario.expectations) {
    summary.expectations.push_back(evaluate(expectation, summary));
  }
  const Judgement judgement =
      judge(summary, {history.complete, history.interrupted, history.timed_out, history.doubts});
  summary.verdict = judgement.verdict;
  summary.reasons = judgement.reasons;
  return summary;
}

}  // namespace holdfast
