// Bounded wait: no operation of any agent takes longer than its deadline, nor waits longer to retry than its policy.
//
// Source: agents.deadline, which every store is told, and the retry policy where the scenario states one; that nobody
// may wait for ever while others go on is starvation-freedom (Herlihy and Shavit, 2008). Waking late is not a fault:
// tolerances.h has how much later is tolerated. Sound: the time is taken before an operation is asked for and after it
// is answered, and waits between a refusal's answer and the next call; the supervisor's own time is not in them. If it
// is late by no more than a busy machine may have caused, that is unknown. Indefinite outcomes: one that was never
// answered counts as long as its agent lived and the run was not cut short, or, where the run's time was up, until
// then; what a planned kill cut short does not count.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/retry/retry_policy.h"
#include "harness/check/attempts.h"
#include "harness/check/busy_machine.h"
#include "harness/check/checks.h"
#include "harness/check/cut_short.h"
#include "harness/check/prose.h"
#include "harness/check/tolerances.h"
#include "harness/check/wait_evidence.h"

namespace holdfast {
namespace {

std::string named(const Operation& operation) {
  return operation.function == Function::read
             ? fmt::format("agent {}'s read", operation.agent)
             : fmt::format("agent {}'s broadcast {}", operation.agent,
                           to_string(MessageId{operation.agent, operation.number}));
}

// What it was answered in the end, if that was an error.
std::string own_words(const History& history, const Operation& operation) {
  const bool answered_badly = operation.outcome != Outcome::ok && operation.error != 0;
  return answered_badly ? "; its answer was: " + history.texts[operation.error] : "";
}

// How long it waited before its retries, and how long the policy lets it: a store may count the retries of all its calls
// together, so each is granted the wait of its place in the operation.
struct Waits {
  Duration waited{0};
  Duration allowed{0};
  std::string longest{};  // of several: the one that was longest beyond its own
};

// A program may do its work again before it retries, such as writing a new temporary file: as long as it took to come to
// the call for the first time is granted to each retry of a command. The core's stores only wait.
Waits waits_of(const Subject& subject, const History& history, const Operation& operation) {
  Waits waits;
  const Attempts attempts = attempts_of(history, operation);
  if (attempts.waits.empty()) return waits;
  const auto calls = calls_of(history, operation);
  const auto refused = std::find_if(calls.begin(), calls.end(), is_refused_by_holder);
  const bool works = subject.kind == SubjectKind::command && refused != calls.end();
  const Duration work(works ? refused->received_ns - operation.invoke_ns : 0);
  Duration most_beyond{0};
  for (const ObservedWait& wait : attempts.waits) {
    const Duration allowed = saturating_add(wait_bounds(subject.retry, wait.in_operation).greatest, work);
    waits.waited = saturating_add(waits.waited, Duration(wait.wait_ns));
    waits.allowed = saturating_add(waits.allowed, allowed);
    if (works || attempts.waits.size() < 2 || Duration(wait.wait_ns) - allowed <= most_beyond) continue;
    most_beyond = Duration(wait.wait_ns) - allowed;
    waits.longest = fmt::format("; of that {} before retry {}, where it waits {} at most",
                                in_seconds(wait.wait_ns), wait.in_operation, in_seconds(allowed.count()));
  }
  return waits;
}

}  // namespace

Finding check_bounded_wait(const Evidence& evidence) {
  const History& history = evidence.history;
  const Scenario& scenario = evidence.plan.scenario;
  const std::int64_t deadline_ns = scenario.agents.operation_deadline.count();
  const auto tolerated = [&](Duration limit) {
    return saturating_add(limit, Duration(tolerance::beyond_ns(limit.count(), scenario.agents.everyone())));
  };
  const std::int64_t latest_ns = tolerated(scenario.agents.operation_deadline).count();
  const BusyMachine machine(evidence.plan, history);
  Finding finding;
  std::string excused;
  const auto found = [&](const Operation& operation, std::int64_t until_ns, std::int64_t late_by_ns,
                         const std::string& what) {
    const bool may_be_excused = late_by_ns <= machine.excuse(operation.invoke_ns, until_ns).all_ns();
    if (may_be_excused ? !excused.empty() : finding.count++ != 0) return;
    const std::string witness =
        fmt::format("{}, asked for at {}, {}{}{}", named(operation), at_time(history, operation.invoke_ns),
                    what, own_words(history, operation), what_it_waited_for(history, operation, until_ns));
    if (may_be_excused) {
      excused = witness + machine.in_words(operation.invoke_ns, until_ns);
    } else {
      finding.witness = witness + what_the_run_did(history, operation.invoke_ns, until_ns);
    }
  };
  for (const Operation& operation : history.operations) {
    const bool answered = operation.complete_ns != 0;
    const std::int64_t until_ns = answered ? operation.complete_ns : history.timed_out ? history.cut_ns : 0;
    if (until_ns == 0 || kill_of(history, operation) != nullptr) continue;
    ++finding.checked;
    const std::int64_t took_ns = until_ns - operation.invoke_ns;
    if (took_ns > latest_ns) {
      found(operation, until_ns, took_ns - latest_ns,
            fmt::format("{} after {}, but its deadline is {}", answered ? "was answered" : "was not answered",
                        in_seconds(took_ns), in_seconds(deadline_ns)));
      continue;
    }
    if (!scenario.subject.policy_stated) continue;
    const auto [waited, allowed, longest] = waits_of(scenario.subject, history, operation);
    if (waited > tolerated(allowed)) {
      found(operation, until_ns, (waited - tolerated(allowed)).count(),
            fmt::format("waited {} between its attempts, but the policy waits {} at most{}",
                        in_seconds(waited.count()), in_seconds(allowed.count()), longest));
    }
  }
  return concluded(std::move(finding), excused, "no operation was answered");
}

}  // namespace holdfast
