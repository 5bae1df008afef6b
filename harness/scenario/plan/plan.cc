// When a message is due, and what an agent's store draws from.

#include "harness/scenario/plan/plan.h"

#include <cmath>

#include "core/base/random.h"
#include "harness/scenario/plan/streams.h"

namespace holdfast {

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
