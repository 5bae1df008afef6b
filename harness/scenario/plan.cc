// Who a message is for and when it is due.

#include "harness/scenario/plan.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/base/random.h"
#include "harness/scenario/streams.h"

namespace holdfast {

std::vector<std::uint32_t> recipients(const Plan& plan, MessageId id) {
  const Agents& agents = plan.scenario.agents;
  HOLDFAST_CHECK(id.sender < agents.count);
  const std::uint32_t count = agents.neighbours.value_or(agents.everyone());
  const std::uint32_t first = agents.neighbours ? id.sender + 1 : 0;
  std::vector<std::uint32_t> to(count);
  for (std::uint32_t i = 0; i < count; ++i) to[i] = (first + i) % agents.everyone();
  std::sort(to.begin(), to.end());
  return to;
}

std::int64_t intended_start_ns(const Plan& plan, MessageId id) {
  const auto& rate_per_s = plan.scenario.agents.rate_per_s;
  if (!rate_per_s) return 0;
  // Agents that all began at once would be a crowd at every tick; each has a phase of its own.
  Random random(stream_seed(plan.seed, Stream::phase, id.sender));
  const double period_ns = 1e9 / *rate_per_s;
  return std::llround((id.number + random.uniform()) * period_ns);
}

std::uint64_t agent_seed(const Plan& plan, std::uint32_t agent) {
  return stream_seed(plan.seed, Stream::agent, agent);
}

}  // namespace holdfast
