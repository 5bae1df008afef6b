#include "harness/check/tolerances.h"

#include <fmt/format.h>

#include "harness/check/prose.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

std::vector<std::string> what_was_tolerated(const Plan& plan) {
  const Scenario& scenario = plan.scenario;
  const std::int64_t deadline_ns = scenario.agents.operation_deadline.count();
  const std::int64_t late_ns = tolerance::beyond_ns(deadline_ns, scenario.agents.everyone());
  const std::string least = in_seconds(tolerance::beyond_ns(0, scenario.agents.everyone()));
  std::vector<std::string> sentences;
  sentences.push_back(
      fmt::format("Deadline: an answer may come {} after the deadline of {} ({} % of it, at least {}).",
                  in_seconds(late_ns), in_seconds(deadline_ns), tolerance::share_percent, least));
  if (scenario.subject.kind == SubjectKind::command) {
    sentences.push_back(fmt::format(
        "Silence: a program that has not answered {} after that is ended, and its answer is late.",
        in_seconds(tolerance::late_answer_ns)));
  }
  if (scenario.subject.policy_stated) {
    sentences.push_back(
        fmt::format("Waits: those of an operation may be {} % longer than the policy's, and {} in any case.",
                    tolerance::share_percent, least));
  }
  sentences.push_back(
      fmt::format("Processors: what programs outside the run kept from it, and {} % more, excuses an "
                  "operation; what is late by no more "
                  "than that is unknown.",
                  tolerance::looks_percent));
  sentences.push_back(
      fmt::format("Disk: likewise a standstill, a write of {} KiB that takes {} or more, beyond what the "
                  "run's own writing explains.",
                  tolerance::pulse_bytes / 1024, in_seconds(tolerance::standstill_ns)));
  sentences.push_back(
      fmt::format("Failures at the deadline: unknown if {} % of the operation's time is excused so.",
                  tolerance::starved_percent));
  if (scenario.sharing.rules == Rules::windows) {
    sentences.push_back(fmt::format(
        "Fork: a child's copies of handles refuse nothing before it calls exec, for {} s asleep or "
        "{} s running.",
        tolerance::exec_asleep_s, tolerance::exec_busy_s));
  }
  return sentences;
}

}  // namespace holdfast
