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
  sentences.push_back(fmt::format(
      "Deadline: an answer may come up to {} after the {} deadline ({} % of it, but never less than {}).",
      in_seconds(late_ns), in_seconds(deadline_ns), tolerance::share_percent, least));
  if (scenario.subject.kind == SubjectKind::command) {
    sentences.push_back(
        fmt::format("Silence: a program that gives no answer for another {} is stopped, and the operation "
                    "counts as late.",
                    in_seconds(tolerance::late_answer_ns)));
  }
  if (scenario.subject.policy_stated) {
    sentences.push_back(
        fmt::format("Waits: an operation may wait {} % longer in total than the policy says, or {} longer if "
                    "that is more.",
                    tolerance::share_percent, least));
  }
  sentences.push_back(
      fmt::format("Processors: an operation that is late by no more than the processor time that programs "
                  "outside the run took from it, plus {} %, is unknown.",
                  tolerance::looks_percent));
  sentences.push_back(
      fmt::format("Disk: the same holds for a standstill (a write of {} KiB that takes {} or more) that the "
                  "run's own writing does not explain.",
                  tolerance::pulse_bytes / 1024, in_seconds(tolerance::standstill_ns)));
  sentences.push_back(fmt::format(
      "Failures at the deadline: unknown if at least {} % of the operation's time is excused in these ways.",
      tolerance::starved_percent));
  if (scenario.sharing.rules == Rules::windows) {
    sentences.push_back(
        fmt::format("Fork: the handles a forked child inherits block nothing until the child calls exec, or "
                    "until it has slept for {} s or run for {} s.",
                    tolerance::exec_asleep_s, tolerance::exec_busy_s));
  }
  return sentences;
}

}  // namespace holdfast
