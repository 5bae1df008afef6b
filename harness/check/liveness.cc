// Liveness: no agent goes without success while others go on.
//
// Starvation-freedom (Herlihy and Shavit, 2008) for what a run can show: a store may answer every operation in time,
// with a failure, and still not serve one agent. Sound: between two of its successes (or from the barrier on, or until
// its last answer) the agent was asking nearly all the time, and at least one of its operations ended or ran out of
// time without success. Meanwhile each of the others succeeded ten times on average, so a lock that passes by chance
// leaves it out about once in twenty thousand times. And that stretch is longer than an operation may take and than ten
// of its own usual gaps. If the run itself refused the agent's calls, delayed or killed it, that may be why, and the
// agent tells nothing; nor does one that a busy machine may have held up. Indefinite outcomes are not successes. Not
// applicable to a single agent; unknown if nobody succeeded.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "harness/check/attempts.h"
#include "harness/check/busy_machine.h"
#include "harness/check/checks.h"
#include "harness/check/cut_short.h"
#include "harness/check/prose.h"
#include "harness/check/tolerances.h"
#include "harness/check/wait_evidence.h"

namespace holdfast {
namespace {

// What an agent did in a time without success.
struct Stretch {
  std::int64_t from_ns = 0, until_ns = 0;
  std::int64_t asking_ns = 0;
  std::int64_t usual_gap_ns = 0;  // the mean between its successes
  std::uint64_t in_vain = 0;
  bool disturbed = false;           // refused by somebody, or killed by plan
  const Operation* last = nullptr;  // the last that was in vain
};

bool is_success(const Operation& operation) {
  return operation.function == Function::broadcast && operation.outcome == Outcome::ok &&
         operation.complete_ns != 0;
}

void add_in_vain(const History& history, const Operation& operation, Stretch& stretch) {
  const std::int64_t until_ns = operation.complete_ns != 0 ? operation.complete_ns
                                : history.timed_out        ? history.cut_ns
                                                           : 0;
  const auto calls = calls_of(history, operation);
  stretch.disturbed = stretch.disturbed || kill_of(history, operation) != nullptr ||
                      std::any_of(calls.begin(), calls.end(), is_refused);
  if (until_ns <= operation.invoke_ns) return;
  stretch.until_ns = until_ns;
  stretch.asking_ns += until_ns - operation.invoke_ns;
  ++stretch.in_vain;
  stretch.last = &operation;
}

// By agent, the longest of those in which something was asked in vain.
std::vector<Stretch> longest_in_vain(const History& history, std::uint32_t agents) {
  std::vector<Stretch> longest(agents), stretches(agents);
  for (Stretch& stretch : stretches) stretch.from_ns = stretch.until_ns = history.started_ns;
  const auto keep = [&](std::uint32_t agent) {
    const auto length_ns = [](const Stretch& stretch) { return stretch.until_ns - stretch.from_ns; };
    if (stretches[agent].in_vain != 0 && length_ns(stretches[agent]) > length_ns(longest[agent]))
      longest[agent] = stretches[agent];
  };
  std::vector<std::int64_t> successes(agents, 0);
  for (const Operation& operation : history.operations) {
    if (operation.agent >= agents || operation.function != Function::broadcast) continue;
    Stretch& stretch = stretches[operation.agent];
    if (!is_success(operation)) {
      add_in_vain(history, operation, stretch);
      continue;
    }
    keep(operation.agent);
    const std::int64_t count = ++successes[operation.agent];
    stretch = {};
    stretch.from_ns = stretch.until_ns = operation.complete_ns;
    stretch.usual_gap_ns = (operation.complete_ns - history.started_ns) / count;
  }
  for (std::uint32_t agent = 0; agent < agents; ++agent) keep(agent);
  return longest;
}

// That an agent kept out of the store by itself: it changed no name, and no look at the locks found it holding one,
// waiting for one, or with a locked file open.
std::string what_it_did(const History& history, std::uint32_t agent, const Stretch& stretch) {
  const auto meanwhile = [&](std::int64_t time_ns) {
    return stretch.from_ns < time_ns && time_ns < stretch.until_ns;
  };
  const bool changed = std::any_of(history.calls.begin(), history.calls.end(), [&](const Call& call) {
    return call.agent == agent && (meanwhile(call.received_ns) || meanwhile(call.answered_ns));
  });
  if (changed || history.calls_in_doubt || !is_recorded_whole(history, agent)) return {};
  std::uint64_t looks = 0;
  for (const LockLook& look : history.lock_looks) {
    if (!meanwhile(look.time_ns)) continue;
    ++looks;
    if (std::any_of(look.locks.begin(), look.locks.end(),
                    [&](const LockSeen& lock) { return lock.agent == agent; }))
      return {};
  }
  std::string text = "; it renamed, linked and removed nothing in that time";
  if (looks != 0)
    text += fmt::format(", and {} at the locks found it neither holding one nor waiting for one",
                        looks == 1 ? "a look" : with_commas(looks) + " looks");
  return text;
}

// Ascending; made for the few runs in which somebody may have been left out.
std::vector<std::int64_t> times_of_successes(const History& history) {
  std::vector<std::int64_t> times;
  for (const Operation& operation : history.operations) {
    if (is_success(operation)) times.push_back(operation.complete_ns);
  }
  std::sort(times.begin(), times.end());
  return times;
}

bool is_delayed(const Scenario& scenario, std::uint32_t agent) {
  return std::any_of(scenario.injectors.begin(), scenario.injectors.end(), [&](const Injector& injector) {
    return injector.kind == InjectorKind::delay &&
           (injector.victims.empty() ||
            std::find(injector.victims.begin(), injector.victims.end(), agent) != injector.victims.end());
  });
}

}  // namespace

Finding check_liveness(const Evidence& evidence) {
  const History& history = evidence.history;
  const Scenario& scenario = evidence.plan.scenario;
  Finding finding;
  if (scenario.agents.count < 2) {
    finding.verdict = Verdict::not_applicable;
    return finding;
  }
  const BusyMachine machine(evidence.plan, history);
  std::string doubtful;
  std::optional<std::vector<std::int64_t>> successes;
  const bool anybody = std::any_of(history.operations.begin(), history.operations.end(), is_success);
  const auto stretches = longest_in_vain(history, anybody ? scenario.agents.count : 0);
  for (std::uint32_t agent = 0; agent < stretches.size(); ++agent) {
    ++finding.checked;
    const Stretch& stretch = stretches[agent];
    const std::int64_t length_ns = stretch.until_ns - stretch.from_ns;
    const std::int64_t least_ns =
        std::max(scenario.agents.operation_deadline.count(), tolerance::starved_gaps * stretch.usual_gap_ns);
    if (stretch.in_vain == 0 || length_ns < least_ns || stretch.asking_ns < length_ns / 4 * 3) continue;
    if (!successes) successes = times_of_successes(history);
    const auto others =
        static_cast<std::uint64_t>(std::lower_bound(successes->begin(), successes->end(), stretch.until_ns) -
                                   std::upper_bound(successes->begin(), successes->end(), stretch.from_ns));
    if (others < tolerance::starved_successes * (scenario.agents.count - 1)) continue;
    const std::string witness = fmt::format(
        "agent {} did not succeed from {} to {}, though it kept asking and others succeeded {} in that time",
        agent, at_time(history, stretch.from_ns), at_time(history, stretch.until_ns),
        counted(others, "time"));
    const bool busy = machine.excuse(stretch.from_ns, stretch.until_ns).all_ns() >= length_ns - least_ns;
    if (stretch.disturbed || busy || is_delayed(scenario, agent)) {
      if (doubtful.empty())
        doubtful = witness + (busy ? machine.in_words(stretch.from_ns, stretch.until_ns)
                                   : "; but the run itself refused, delayed or killed it in that time");
    } else if (finding.count++ == 0) {
      finding.witness = witness + what_it_did(history, agent, stretch) +
                        held_or_killed(history, *stretch.last, stretch.until_ns);
    }
  }
  return concluded(std::move(finding), doubtful, "no broadcast was acknowledged");
}

}  // namespace holdfast
