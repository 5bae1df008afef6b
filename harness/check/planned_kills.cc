#include "harness/check/planned_kills.h"

#include <algorithm>
#include <tuple>

namespace holdfast {

const Kill* kill_of(const History& history, const Operation& operation) {
  if (operation.complete_ns != 0 || history.kills.empty()) return nullptr;
  // What an agent began before a kill and never answered, the kill cut short: it does one thing at a time.
  const auto found = std::lower_bound(
      history.kills.begin(), history.kills.end(), operation, [](const Kill& kill, const Operation& begun) {
        return std::tie(kill.agent, kill.time_ns) < std::tie(begun.agent, begun.invoke_ns);
      });
  return found != history.kills.end() && found->agent == operation.agent ? &*found : nullptr;
}

}  // namespace holdfast
