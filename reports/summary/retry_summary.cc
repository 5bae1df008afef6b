#include "reports/summary/retry_summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/retry/duration.h"
#include "harness/check/attempts.h"
#include "reports/format/number_format.h"
#include "reports/summary/milliseconds.h"

namespace holdfast {
namespace {

constexpr int most_steps_listed = 1000;  // a policy may allow a billion retries

std::string jitter_words(Jitter jitter) {
  switch (jitter) {
    case Jitter::none:
      return "no jitter";
    case Jitter::full:
      return "full jitter";
    case Jitter::equal:
      return "equal jitter";
    case Jitter::decorrelated:
      break;
  }
  return "decorrelated jitter";
}

// One row for each retry that was planned or seen.
std::vector<RetryStep> retry_steps_of(const RetryPolicy& policy, std::vector<std::vector<double>> waits_ms) {
  std::vector<RetryStep> steps;
  const auto planned = static_cast<std::size_t>(std::clamp(policy.max_retries, 0, most_steps_listed));
  for (std::size_t at = 0; at < std::max(planned, waits_ms.size()); ++at) {
    RetryStep step;
    step.retry = static_cast<int>(at) + 1;
    step.planned = at < planned;
    if (step.planned) {
      const WaitBounds bounds = wait_bounds(policy, step.retry);
      step.planned_least_ms = milliseconds(bounds.least.count());
      step.planned_greatest_ms = milliseconds(bounds.greatest.count());
    }
    if (at < waits_ms.size()) {
      step.observed = waits_ms[at].size();
      step.observed_ms = quantiles_of(std::move(waits_ms[at]));
    }
    steps.push_back(step);
  }
  return steps;
}

}  // namespace

void summarise_retries(const Plan& plan, const History& history, Summary& summary) {
  RetryPolicy policy = plan.scenario.subject.retry;
  if (plan.scenario.subject.policy_stated) {
    summary.policy = policy_text(policy);
  } else {
    policy.max_retries = 0;  // nothing planned to set beside what was seen
  }
  summary.planned_budget_ms = milliseconds(retry_budget(policy).count());

  std::vector<std::vector<double>> waits_by_retry;  // [k - 1]: what was waited before retry k
  std::vector<double> waits_by_broadcast;
  for (const Operation& operation : history.operations) {
    const Attempts attempts = attempts_of(history, operation);
    const std::uint64_t retries = attempts.retries;
    std::int64_t waited_ns = 0;
    for (const ObservedWait& wait : attempts.waits) {
      waited_ns += wait.wait_ns;
      const auto at = static_cast<std::size_t>(std::min(wait.retry, most_steps_listed)) - 1;
      if (at >= waits_by_retry.size()) waits_by_retry.resize(at + 1);
      waits_by_retry[at].push_back(milliseconds(wait.wait_ns));
    }
    if (operation.agent < summary.agents.size()) {
      AgentSummary& agent = summary.agents[operation.agent];
      agent.retries += retries;
      agent.waited_ms += milliseconds(waited_ns);
    }
    if (operation.function != Function::broadcast) continue;
    ++summary.retry_histogram[retries];
    waits_by_broadcast.push_back(milliseconds(waited_ns));
  }
  for (AgentSummary& agent : summary.agents) agent.waited_ms = std::round(agent.waited_ms * 1e3) / 1e3;
  summary.waits_ms = quantiles_of(std::move(waits_by_broadcast));
  summary.retry_steps = retry_steps_of(policy, std::move(waits_by_retry));
}

std::string policy_text(const RetryPolicy& policy) {
  if (policy.max_retries <= 0) return "no retries";
  const std::string first = format_ms(milliseconds(policy.base_delay.count()));
  std::string text = policy.max_retries == 1
                         ? "up to 1 retry, after " + first
                         : fmt::format("up to {} retries, waits of {}", policy.max_retries, first);
  if (policy.max_retries > 1 && policy.multiplier == 2)
    text += " doubling each time";
  else if (policy.max_retries > 1 && policy.multiplier != 1)
    text += fmt::format(" times {} each time", policy.multiplier);
  if (policy.max_delay) text += fmt::format(", no wait over {}", format_duration(*policy.max_delay));
  if (policy.deadline) text += fmt::format(", all within {}", format_duration(*policy.deadline));
  return text + ", " + jitter_words(policy.jitter);
}

}  // namespace holdfast
