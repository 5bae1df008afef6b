#include "harness/check/cut_short.h"

#include <algorithm>
#include <tuple>

namespace holdfast {
namespace {

// When the agent's operation before this one was answered: a kill after that is this one's.
std::int64_t free_since_ns(const History& history, const Operation& operation) {
  const Operation* const first = history.operations.data();
  if (&operation <= first || &operation >= first + history.operations.size()) return operation.invoke_ns;
  const Operation& before = *(&operation - 1);
  return before.agent == operation.agent && before.complete_ns != 0 &&
                 before.complete_ns <= operation.invoke_ns
             ? before.complete_ns
             : operation.invoke_ns;
}

}  // namespace

const Kill* kill_of(const History& history, const Operation& operation) {
  const bool answered = operation.complete_ns != 0;
  if (history.kills.empty() || (answered && operation.outcome == Outcome::ok)) return nullptr;
  // What an agent began before a kill and never answered, the kill cut short: it does one thing at a time.
  const std::int64_t from_ns = answered ? free_since_ns(history, operation) : operation.invoke_ns;
  const auto found =
      std::lower_bound(history.kills.begin(), history.kills.end(), std::pair(operation.agent, from_ns),
                       [](const Kill& kill, const auto& begun) {
                         return std::tie(kill.agent, kill.time_ns) < std::tie(begun.first, begun.second);
                       });
  if (found == history.kills.end() || found->agent != operation.agent) return nullptr;
  return !answered || found->time_ns <= operation.complete_ns ? &*found : nullptr;
}

std::vector<CutShort> cut_short(const History& history) {
  std::vector<CutShort> cut;
  for (const Ended& ended : history.ended)
    cut.push_back({ended.agent, ended.pid, ended.begun_ns, ended.time_ns, false});
  if (history.kills.empty()) return cut;
  for (const Operation& operation : history.operations) {
    if (const Kill* kill = kill_of(history, operation))
      cut.push_back(
          {kill->agent, kill->pid, std::min(operation.invoke_ns, kill->time_ns), kill->time_ns, true});
  }
  return cut;
}

}  // namespace holdfast
