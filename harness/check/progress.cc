// Progress: once faults have stopped, whatever is asked for succeeds.
//
// After TigerBeetle's VOPR: first safety under faults, then heal, and demand liveness. Sound: the last hold, delay or
// kill is over before the operation is asked for, so nothing that the run does stands in its way; what is wrong then
// was left behind by a fault: a lock, a file in the way, a queue that cannot be read. Excused is what a stranger's
// handle refused. Final reads count: injectors are stopped before them. Indefinite answers count as neither success
// nor failure. Not applicable without injectors, or where faults last as long as the run: no operation comes after
// them. Unknown if one that does was never answered.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/agent_outcome.h"
#include "harness/check/attempts.h"
#include "harness/check/busy_machine.h"
#include "harness/check/checks.h"
#include "harness/check/cut_short.h"
#include "harness/check/prose.h"
#include "harness/check/wait_evidence.h"

namespace holdfast {
namespace {

// When the last fault was over; 0: there was none, or it cannot be told.
std::int64_t faults_over_ns(const History& history) {
  std::int64_t over_ns = 0;
  for (const InjectorRecord& injector : history.injectors) {
    for (const Fault& fault : injector.faults) {
      if (fault.fired_ns == 0) continue;
      const bool lasts = injector.pid != 0 && fault.released_ns == 0;  // a hold whose end is not on record
      if (lasts && history.quiesced_ns == 0) return 0;
      over_ns = std::max({over_ns, fault.fired_ns, lasts ? history.quiesced_ns : fault.released_ns});
    }
  }
  return over_ns;
}

bool strangers_refused(const History& history, const Operation& operation) {
  const auto calls = calls_of(history, operation);
  return std::any_of(calls.begin(), calls.end(), [](const Call& call) {
    return is_refused(call) &&
           (call.holders.empty() ||
            std::any_of(call.holders.begin(), call.holders.end(), [](const Holder& holder) {
              return holder.kind == HolderKind::stranger || holder.kind == HolderKind::unseen;
            }));
  });
}

}  // namespace

Finding check_progress(const Evidence& evidence) {
  const History& history = evidence.history;
  Finding finding;
  const std::int64_t over_ns = faults_over_ns(history);
  std::uint64_t unanswered = 0;
  const auto failed = [&](const std::string& who, std::int64_t invoke_ns, std::uint32_t error,
                          const Operation* operation) {
    if (finding.count++ != 0) return;
    finding.witness = fmt::format(
        "the last fault ended at {}, but {}, asked for at {}, failed{}{}", at_time(history, over_ns), who,
        at_time(history, invoke_ns), error != 0 ? ": " + history.texts[error] : std::string(),
        operation != nullptr ? held_or_killed(history, *operation, operation->complete_ns) : std::string());
  };
  const BusyMachine machine(evidence.plan, history);
  if (over_ns != 0) {
    for (const Operation& operation : history.operations) {
      if (operation.invoke_ns <= over_ns) continue;
      if (operation.complete_ns == 0) {
        unanswered += kill_of(history, operation) == nullptr ? 1 : 0;
        continue;
      }
      if (operation.outcome == Outcome::info || strangers_refused(history, operation)) continue;
      if (operation.outcome == Outcome::fail && may_be_starved(evidence.plan, operation, machine)) {
        ++unanswered;
        continue;
      }
      ++finding.checked;
      if (operation.outcome == Outcome::ok) continue;
      failed(operation.function == Function::read
                 ? fmt::format("agent {}'s read", operation.agent)
                 : fmt::format("agent {}'s broadcast {}", operation.agent,
                               to_string(MessageId{operation.agent, operation.number})),
             operation.invoke_ns, operation.error, &operation);
    }
    for (const Reading& reading : history.readings) {
      if (reading.invoke_ns <= over_ns || reading.complete_ns == 0 || reading.outcome == Outcome::info)
        continue;
      ++finding.checked;
      if (reading.outcome != Outcome::ok)
        failed(fmt::format("a reader's read of agent {}'s mail", reading.mailbox), reading.invoke_ns,
               reading.error, nullptr);
    }
  }
  return concluded(
      std::move(finding),
      unanswered == 0
          ? ""
          : fmt::format("the last fault ended at {}, and {} asked for afterwards {} never answered",
                        at_time(history, over_ns), counted(unanswered, "operation"),
                        unanswered == 1 ? "was" : "were"),
      "");
}

}  // namespace holdfast
