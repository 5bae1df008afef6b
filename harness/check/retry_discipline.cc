// Retry discipline: no wait is shorter than the policy's, no retry is more than it allows, and none that it still
// allows is left out.
//
// Source: the retry policy of the plan, that is, what the subject is configured with, or (origin-*) what it claims:
// so a policy on paper is held against the policy as run. Without a stated one there is nothing to hold anybody to.
// Seen from outside, in the supervisor's record of calls; attempts.h says what a retry and its wait are, and what is
// none. Sound: waits are measured too long rather than too short, and a sleep never ends early, so a shorter wait was
// one; waking late is not a fault. A policy may cover one call or a whole save, which cannot be told from outside:
// retries are therefore counted by the call where too many or too soon are asked about, and over the operation where
// too few are. Giving up early is excused where the operation's deadline, the policy's, or the end of the run could
// have been the reason. Indefinite outcomes: an operation that was not answered may have been cut off in its wait, so
// that it stopped trying is not held against it; what it did before is.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "core/retry/retry_policy.h"
#include "harness/check/attempts.h"
#include "harness/check/checks.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

// What a refusal looks like to the subject.
bool is_denied(int os_error) {
  return os_error == EACCES || os_error == EPERM || os_error == EBUSY;
}

std::string policy_in_words(const RetryPolicy& policy) {
  return fmt::format("{} and {} of waiting",
                     policy.max_retries == 1 ? "1 retry" : fmt::format("{} retries", policy.max_retries),
                     in_seconds(retry_budget(policy).count()));
}

// One operation held against the policy: what it did wrong, or nothing.
class DisciplineOf {
 public:
  DisciplineOf(const Plan& plan, const History& history, const Operation& operation, const Attempts& attempts)
      : plan_(plan),
        policy_(plan.scenario.subject.retry),
        history_(history),
        operation_(operation),
        attempts_(attempts) {}

  [[nodiscard]] std::optional<std::string> fault() const {
    if (auto fault = too_many()) return fault;
    if (auto fault = too_soon()) return fault;
    if (auto fault = past_deadline()) return fault;
    return too_few();
  }

 private:
  [[nodiscard]] std::optional<std::string> too_many() const {
    int most = 0;
    for (const ObservedWait& wait : attempts_.waits) most = std::max(most, wait.retry);
    if (most <= policy_.max_retries) return std::nullopt;
    return fmt::format("was refused and tried again {} times, but the policy allows {}", most,
                       policy_.max_retries);
  }

  // The one that lacks most: the first may be off by no more than a timer.
  [[nodiscard]] std::optional<std::string> too_soon() const {
    const ObservedWait* worst = nullptr;
    const auto lacks_ns = [&](const ObservedWait& wait) {
      return wait_bounds(policy_, wait.retry).least.count() - wait.wait_ns;
    };
    for (const ObservedWait& wait : attempts_.waits) {
      if (lacks_ns(wait) > 0 && (worst == nullptr || lacks_ns(wait) > lacks_ns(*worst))) worst = &wait;
    }
    if (worst == nullptr) return std::nullopt;
    return fmt::format("began retry {} only {} after the refusal, but the policy waits {}", worst->retry,
                       in_seconds(worst->wait_ns),
                       in_seconds(wait_bounds(policy_, worst->retry).least.count()));
  }

  // A retry whose wait could only have ended beyond the policy's deadline must not have begun.
  [[nodiscard]] std::optional<std::string> past_deadline() const {
    if (!policy_.deadline) return std::nullopt;
    for (const ObservedWait& wait : attempts_.waits) {
      const Duration spent(wait.spent_ns);
      if (saturating_add(spent, wait_bounds(policy_, wait.retry).least) <= *policy_.deadline) continue;
      return fmt::format(
          "waited at least {} for retry {} after {} had been spent, and so retried past the policy's "
          "deadline "
          "of {}",
          in_seconds(wait_bounds(policy_, wait.retry).least.count()), wait.retry, in_seconds(spent.count()),
          in_seconds(policy_.deadline->count()));
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> too_few() const {
    const bool gave_up =
        operation_.outcome == Outcome::fail && is_denied(operation_.code) && attempts_.gave_up;
    if (!gave_up || static_cast<int>(attempts_.retries) >= policy_.max_retries) return std::nullopt;
    if (history_.interrupted || history_.timed_out || history_.calls_in_doubt) return std::nullopt;
    // It gave up some time before it answered, with at most this much spent.
    const std::int64_t spent_ns = operation_.complete_ns - operation_.invoke_ns;
    const std::int64_t next_ns =
        wait_bounds(policy_, static_cast<int>(attempts_.retries) + 1).greatest.count();
    if (policy_.deadline && spent_ns > policy_.deadline->count() - next_ns) return std::nullopt;
    if (spent_ns > plan_.scenario.agents.operation_deadline.count() - next_ns) return std::nullopt;
    if (attempts_.retries == 0)
      return fmt::format("was refused and gave up without a retry, but the policy has {}",
                         policy_in_words(policy_));
    std::int64_t waited_ns = 0;
    for (const ObservedWait& wait : attempts_.waits) waited_ns += wait.wait_ns;
    return fmt::format("was refused and gave up after {} that waited {} in all, but the policy has {}",
                       counted(attempts_.retries, "retry"), in_seconds(waited_ns), policy_in_words(policy_));
  }

  const Plan& plan_;
  const RetryPolicy& policy_;
  const History& history_;
  const Operation& operation_;
  const Attempts& attempts_;
};

}  // namespace

Finding check_retry_discipline(const Evidence& evidence) {
  const Plan& plan = evidence.plan;
  const History& history = evidence.history;
  Finding finding;
  if (!plan.scenario.subject.policy_stated) {
    finding.verdict = Verdict::not_applicable;
    finding.witness = "the scenario states no retry policy to check against";
    return finding;
  }
  std::uint64_t judged = 0;
  for (const Operation& operation : history.operations) {
    if (operation.calls == 0) continue;
    const Attempts attempts = attempts_of(history, operation);
    if (attempts.refused == 0) continue;
    ++finding.checked;
    // Refused once and never heard of again: nothing was seen that the policy speaks about.
    if (attempts.retries != 0 || operation.outcome != Outcome::info) ++judged;
    const auto fault = DisciplineOf(plan, history, operation, attempts).fault();
    if (!fault || finding.count++ != 0) continue;
    const char* what = operation.function == Function::read ? "read" : "broadcast";
    finding.witness =
        told(history,
             fmt::format("agent {}'s {} {} ({}–{}) {}", operation.agent, what,
                         to_string(MessageId{operation.agent, operation.number}), moment(operation.invoke_ns),
                         operation.complete_ns == 0 ? "no answer" : moment(operation.complete_ns), *fault));
  }
  if (finding.count > 1) *finding.witness += fmt::format("; {} such operations", with_commas(finding.count));
  if (finding.checked == 0 && !plan.scenario.injectors.empty())
    finding.witness = "no operation was refused, so none had to be retried";
  std::string doubt;
  if (finding.checked != 0 && judged == 0) {
    doubt = fmt::format(
        "{} refused, but the record ends before any retry",
        finding.checked == 1 ? "1 operation was" : with_commas(finding.checked) + " operations were");
  }
  return concluded(std::move(finding), std::move(doubt), "");
}

}  // namespace holdfast
