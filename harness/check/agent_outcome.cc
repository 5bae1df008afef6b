#include "harness/check/agent_outcome.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/check/attempts.h"
#include "harness/check/busy_machine.h"
#include "harness/check/cut_short.h"
#include "harness/check/prose.h"
#include "harness/check/tolerances.h"
#include "harness/check/wait_evidence.h"
#include "harness/history/child_exit.h"
#include "harness/history/program_fault.h"

namespace holdfast {
namespace {

// By agent: its latest process, or none.
std::vector<const ProcessRecord*> agent_processes(const Plan& plan, const History& history) {
  std::vector<const ProcessRecord*> processes(plan.scenario.agents.everyone(), nullptr);
  for (const ProcessRecord& process : history.processes) {
    if (process.role == Role::agent && process.index < processes.size()) processes[process.index] = &process;
  }
  return processes;
}

bool died_by_itself(const ProcessRecord* process) {
  return process != nullptr && process->exited && !process->stopped && !process->killed_by_plan &&
         process->wait_status != 0 && !ran_out_of_disk(process->wait_status);
}

AgentOutcome::Kind kind_of(AgentOutcome::Reason reason) {
  switch (reason) {
    case AgentOutcome::Reason::none:
      return AgentOutcome::Kind::succeeded;
    case AgentOutcome::Reason::not_delivered:
    case AgentOutcome::Reason::died:
    case AgentOutcome::Reason::program_fault:
    case AgentOutcome::Reason::stopped_short:
    case AgentOutcome::Reason::refused:
      return AgentOutcome::Kind::failed;
    case AgentOutcome::Reason::cut:
    case AgentOutcome::Reason::unanswered:
    case AgentOutcome::Reason::starved:
    case AgentOutcome::Reason::unread:
      return AgentOutcome::Kind::unknown;
  }
  return AgentOutcome::Kind::unknown;
}

// Keeps the gravest reason, and of equal ones the first.
void note(AgentOutcome& outcome, AgentOutcome::Reason reason, std::uint32_t ordinal = not_there,
          std::uint32_t recipient = not_there, std::uint32_t read = not_there) {
  if (outcome.reason != AgentOutcome::Reason::none && outcome.reason <= reason) return;
  outcome.reason = reason;
  outcome.ordinal = ordinal;
  outcome.recipient = recipient;
  outcome.read = read;
}

// The outcome of an unsuccessful operation. Whether it was done may be unknown even if its program is certainly at
// fault.
AgentOutcome::Reason reason_of(const Plan& plan, const Operation& operation, const BusyMachine& machine) {
  if (is_program_fault(operation.code)) return AgentOutcome::Reason::program_fault;
  if (operation.outcome != Outcome::fail) return AgentOutcome::Reason::unanswered;
  return may_be_starved(plan, operation, machine) ? AgentOutcome::Reason::starved
                                                  : AgentOutcome::Reason::refused;
}

// An unanswered read is no worse than an unanswered broadcast, but one that may be answered later says nothing.
void look_at_reads(const Plan& plan, const History& history, const BusyMachine& machine,
                   std::vector<AgentOutcome>& outcomes) {
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& read = history.operations[i];
    const bool wrong = read.function == Function::read && read.agent < outcomes.size() &&
                       read.outcome != Outcome::ok &&
                       (read.outcome == Outcome::fail || is_program_fault(read.code));
    if (wrong && kill_of(history, read) == nullptr)
      note(outcomes[read.agent], reason_of(plan, read, machine), not_there, not_there, i);
  }
}

void look_at_message(const Plan& plan, const History& history, const Delivery& delivery,
                     const std::vector<std::uint32_t>& addressed, std::uint32_t ordinal,
                     AgentOutcome& outcome) {
  const Operation& broadcast = delivery.sent().operation(ordinal);
  const Audience audience(plan, delivery.sent().id(ordinal));
  for (std::size_t place = 0; place < addressed.size(); ++place) {
    if (!audience.has(addressed[place])) continue;
    const std::uint32_t read = delivery.final_read(addressed[place]);
    if (read == not_there || !must_hold(history.operations[read], broadcast)) {
      note(outcome, AgentOutcome::Reason::unread, ordinal, addressed[place]);
    } else if (delivery.times_read(broadcast.agent, ordinal, place) != 1) {
      note(outcome, AgentOutcome::Reason::not_delivered, ordinal, addressed[place]);
    }
  }
}

// A call that a holder refused explains itself.
std::string waited_for(const History& history, const Operation& broadcast) {
  const auto calls = calls_of(history, broadcast);
  if (std::any_of(calls.begin(), calls.end(), is_refused)) return {};
  return held_or_killed(history, broadcast, broadcast.complete_ns);
}

}  // namespace

bool may_be_starved(const Plan& plan, const Operation& operation, const BusyMachine& machine) {
  const std::int64_t took_ns = operation.complete_ns - operation.invoke_ns;
  // A wait that would outlast the deadline is not begun, so it fails a little earlier.
  const std::int64_t deadline_ns = plan.scenario.agents.operation_deadline.count();
  if (took_ns + tolerance::beyond_ns(deadline_ns, plan.scenario.agents.everyone()) < deadline_ns)
    return false;
  const Excuse excuse = machine.excuse(operation.invoke_ns, operation.complete_ns);
  return excuse.processor_ns + excuse.disk_ns >= took_ns / 100 * tolerance::starved_percent;
}

std::vector<AgentOutcome> agent_outcomes(const Plan& plan, const History& history, const Delivery& delivery,
                                         Forgiven forgiven) {
  const auto processes = agent_processes(plan, history);
  const BusyMachine machine(plan, history);
  const bool run_cut = history.interrupted || history.timed_out;
  std::vector<AgentOutcome> outcomes(plan.scenario.agents.everyone());
  RecipientsOf addressed(plan);
  for (std::uint32_t agent = 0; agent < outcomes.size(); ++agent) {
    AgentOutcome& outcome = outcomes[agent];
    const ProcessRecord* process = processes[agent];
    const bool died = died_by_itself(process);
    if (agent >= plan.scenario.agents.count) {  // it only reads
      if (died) note(outcome, AgentOutcome::Reason::died);
      continue;
    }
    const auto [first, end] = delivery.sent().of_sender(agent);
    outcome.attempted = end - first;
    if (outcome.attempted < plan.scenario.agents.broadcasts) {
      // Nobody is blamed for what the run's end, or the conductor's, took away.
      const bool cut = run_cut || process == nullptr || !process->exited || process->stopped ||
                       process->killed_by_plan || ran_out_of_disk(process->wait_status) ||
                       !is_recorded_whole(history, agent);
      note(outcome, died  ? AgentOutcome::Reason::died
                    : cut ? AgentOutcome::Reason::cut
                          : AgentOutcome::Reason::stopped_short);
    }
    for (std::uint32_t ordinal = first; ordinal < end; ++ordinal) {
      const Operation& broadcast = delivery.sent().operation(ordinal);
      if (broadcast.outcome == Outcome::ok) {
        ++outcome.acknowledged;
        look_at_message(plan, history, delivery, addressed.sender(agent), ordinal, outcome);
      } else if (kill_of(history, broadcast) != nullptr) {
        continue;  // excused: may be done or not
      } else if (died && broadcast.complete_ns == 0) {
        note(outcome, AgentOutcome::Reason::died, ordinal);
      } else if (!forgiven.broadcasts) {
        note(outcome, reason_of(plan, broadcast, machine), ordinal);
      }
    }
  }
  if (!forgiven.reads) look_at_reads(plan, history, machine, outcomes);
  for (AgentOutcome& outcome : outcomes) outcome.kind = kind_of(outcome.reason);
  return outcomes;
}

std::vector<bool> agent_succeeded(const Plan& plan, const History& history) {
  const auto outcomes = agent_outcomes(plan, history, Delivery(plan, history), {});
  std::vector<bool> succeeded(plan.scenario.agents.count);
  std::transform(outcomes.begin(), outcomes.begin() + plan.scenario.agents.count, succeeded.begin(),
                 [](const AgentOutcome& outcome) { return outcome.kind == AgentOutcome::Kind::succeeded; });
  return succeeded;
}

std::string describe(const Plan& plan, const History& history, const Delivery& delivery, std::uint32_t agent,
                     const AgentOutcome& outcome) {
  const ProcessRecord* process = agent_processes(plan, history)[agent];
  std::string attempted =
      agent < plan.scenario.agents.count
          ? fmt::format("agent {} attempted {} of {}", agent, with_commas(outcome.attempted),
                        counted(plan.scenario.agents.broadcasts, "broadcast"))
          : fmt::format("agent {} only read", agent);
  std::string message;
  std::string error;
  std::string when;
  if (outcome.ordinal != not_there) {
    const Operation& broadcast = delivery.sent().operation(outcome.ordinal);
    message = to_string(delivery.sent().id(outcome.ordinal));
    when = at_time(history, broadcast.complete_ns != 0 ? broadcast.complete_ns : broadcast.invoke_ns);
    if (broadcast.error != 0) error = ": " + history.texts[broadcast.error];
  }
  if (outcome.read != not_there) {
    const Operation& read = history.operations[outcome.read];
    return fmt::format("agent {}'s read, asked for at {}, failed{}{}", agent,
                       at_time(history, read.invoke_ns),
                       read.error != 0 ? ": " + history.texts[read.error] : std::string(),
                       outcome.reason == AgentOutcome::Reason::starved
                           ? BusyMachine(plan, history).in_words(read.invoke_ns, read.complete_ns)
                           : std::string());
  }
  switch (outcome.reason) {
    case AgentOutcome::Reason::none:
      return fmt::format("{}, and all of them reached everyone", attempted);
    case AgentOutcome::Reason::not_delivered: {
      const auto entries = seen_by(history, history.operations[delivery.final_read(outcome.recipient)]);
      const MessageId id = delivery.sent().id(outcome.ordinal);
      const auto times =
          std::count_if(entries.begin(), entries.end(), [&](const Seen& seen) { return seen.message == id; });
      return fmt::format("agent {}'s broadcast {} was acknowledged at {}, but agent {}'s final read {}",
                         agent, message, when, outcome.recipient,
                         times == 0 ? "lacks it" : fmt::format("has it {} times", times));
    }
    case AgentOutcome::Reason::died:
      return fmt::format("{}, then {}{}", attempted, how_ended(*process),
                         message.empty() ? "" : fmt::format(" with {} unanswered", message));
    case AgentOutcome::Reason::program_fault:
      return fmt::format("agent {}'s program failed in broadcast {}, at {}{}", agent, message, when, error);
    case AgentOutcome::Reason::stopped_short:
      return fmt::format("{} and then ended as if it had attempted them all", attempted);
    case AgentOutcome::Reason::refused:
      return fmt::format("agent {}'s broadcast {} failed at {}{}{}", agent, message, when, error,
                         waited_for(history, delivery.sent().operation(outcome.ordinal)));
    case AgentOutcome::Reason::cut:
      return fmt::format("{} before {}", attempted,
                         history.interrupted ? "the run was interrupted"
                         : history.timed_out ? "the run's time was up"
                                             : "the record of it ends");
    case AgentOutcome::Reason::unanswered:
      return fmt::format("agent {}'s broadcast {} ({}) may or may not have been done{}", agent, message, when,
                         error);
    case AgentOutcome::Reason::starved: {
      const Operation& broadcast = delivery.sent().operation(outcome.ordinal);
      return fmt::format("agent {}'s broadcast {} failed at {}{}{}{}", agent, message, when, error,
                         waited_for(history, broadcast),
                         BusyMachine(plan, history).in_words(broadcast.invoke_ns, broadcast.complete_ns));
    }
    case AgentOutcome::Reason::unread:
      return fmt::format(
          "agent {}'s broadcast {} was acknowledged at {}, but agent {} made no final read that could show "
          "it",
          agent, message, when, outcome.recipient);
  }
  return attempted;
}

}  // namespace holdfast
