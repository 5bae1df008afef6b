// Delivered: every agent succeeded, that is, attempted all its broadcasts, was told ok for each, each reached every
// recipient exactly once, and its reads were answered: a store whose mail cannot be read delivers nothing. It is the
// origin's "8/8", read strictly.
//
// Source: what result.json promises of a successful agent. A scenario may allow a share of broadcasts, and of reads, to
// fail (delivered.allowed_failures); what was acknowledged must arrive all the same.
// Sound: it joins what agents were told (their own record) with what recipients finally read; an agent that died by itself
// failed, and so did one whose program died or broke the protocol; one that the conductor stopped or that was killed by
// plan did not (what a planned kill cut short may be done or not, and is excused). Indefinite outcomes: not acknowledged,
// and not failed either: an agent with nothing worse than those is unknown, and so is one whose recipients could not be
// read, or whom the run's end cut short.
#include <fmt/format.h>

#include "harness/check/agent_outcome.h"
#include "harness/check/checks.h"
#include "harness/check/cut_short.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

// Whether of these operations no more failed than the scenario allows.
bool failures_are_allowed(const Plan& plan, const History& history, Function function) {
  std::uint64_t all = 0, failed = 0;
  for (const Operation& operation : history.operations) {
    if (operation.function != function || operation.agent >= plan.scenario.agents.everyone()) continue;
    ++all;
    if (operation.outcome != Outcome::ok && kill_of(history, operation) == nullptr) ++failed;
  }
  // A share such as 0.07 has no exact double: a hair more is still that share.
  constexpr double hair = 1e-9;
  return static_cast<double>(failed) <= plan.scenario.allowed_failures * static_cast<double>(all) + hair;
}

}  // namespace

Finding check_delivered(const Evidence& evidence) {
  const Plan& plan = evidence.plan;
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  Finding finding;
  const Forgiven forgiven{failures_are_allowed(plan, history, Function::broadcast),
                          failures_are_allowed(plan, history, Function::read)};
  const auto outcomes = agent_outcomes(plan, history, delivery, forgiven);
  finding.checked = outcomes.size();
  std::uint64_t failed = 0;
  std::uint32_t example = not_there;
  for (std::uint32_t agent = 0; agent < outcomes.size(); ++agent) {
    const auto kind = outcomes[agent].kind;
    if (kind == AgentOutcome::Kind::succeeded) continue;
    ++finding.count;
    const bool first_failed = kind == AgentOutcome::Kind::failed && failed++ == 0;
    if (example == not_there || first_failed) example = agent;
  }
  finding.verdict = failed != 0          ? Verdict::fail
                    : finding.count != 0 ? Verdict::unknown
                    : outcomes.empty()   ? Verdict::unknown
                                         : Verdict::pass;
  if (example != not_there) {
    finding.witness = describe(plan, history, delivery, example, outcomes[example]);
    if (finding.count == finding.checked && finding.count > 1) {
      *finding.witness += "; no agent succeeded";
    } else if (finding.count > 1) {
      *finding.witness += fmt::format("; {} of {} did not succeed", with_commas(finding.count),
                                      counted(finding.checked, "agent"));
    }
  }
  return finding;
}

}  // namespace holdfast
