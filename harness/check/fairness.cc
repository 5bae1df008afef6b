#include "harness/check/fairness.h"

#include <algorithm>
#include <limits>

namespace holdfast {
namespace {

bool counts(const Operation& operation, std::uint32_t agents) {
  return operation.function == Function::broadcast && operation.agent < agents && operation.complete_ns != 0;
}

}  // namespace

std::vector<Fairness> fairness_of(const History& history, std::uint32_t agents) {
  std::vector<Fairness> fairness(agents);
  std::vector<std::int64_t> last_answer_ns(agents, 0);
  std::vector<std::int64_t> success_ns(agents, history.started_ns);
  for (const Operation& operation : history.operations) {
    if (!counts(operation, agents)) continue;
    last_answer_ns[operation.agent] = std::max(last_answer_ns[operation.agent], operation.complete_ns);
    Fairness& its = fairness[operation.agent];
    std::int64_t& since_ns = success_ns[operation.agent];
    its.longest_gap_ns = std::max(its.longest_gap_ns, operation.complete_ns - since_ns);
    if (operation.outcome == Outcome::ok) since_ns = operation.complete_ns;
  }
  // The agent that finishes first sends nothing more, so what others get after that does not count.
  std::int64_t all_asked_until_ns = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t time_ns : last_answer_ns) {
    if (time_ns != 0) all_asked_until_ns = std::min(all_asked_until_ns, time_ns);
  }
  std::uint64_t total = 0;
  for (const Operation& operation : history.operations) {
    if (!counts(operation, agents) || operation.outcome != Outcome::ok ||
        operation.complete_ns > all_asked_until_ns)
      continue;
    fairness[operation.agent].share += 1;
    ++total;
  }
  if (total != 0) {
    for (Fairness& its : fairness) its.share *= static_cast<double>(agents) / static_cast<double>(total);
  }
  return fairness;
}

}  // namespace holdfast
