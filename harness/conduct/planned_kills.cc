#include "harness/conduct/planned_kills.h"

namespace holdfast {

std::vector<PlannedKills> planned_kills(const Plan& plan) {
  std::vector<PlannedKills> all;
  const auto& injectors = plan.scenario.injectors;
  for (std::uint32_t index = 0; index < injectors.size(); ++index) {
    const Injector& injector = injectors[index];
    if (injector.kind != InjectorKind::kill) continue;
    PlannedKills kills{index, injector.kill_at == KillAt::every_call, injector.victims};
    kills.broadcasts = plan.scenario.agents.broadcasts;
    for (std::uint64_t number = 0; !kills.every_call && number < injector.count; ++number) {
      kills.before_call.push_back(planned_kill(plan, index, number));
    }
    all.push_back(std::move(kills));
  }
  return all;
}

}  // namespace holdfast
