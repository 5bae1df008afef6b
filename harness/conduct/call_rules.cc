#include "harness/conduct/call_rules.h"

namespace holdfast {

std::vector<KillRule> kill_rules(const Plan& plan) {
  std::vector<KillRule> all;
  const auto& injectors = plan.scenario.injectors;
  for (std::uint32_t index = 0; index < injectors.size(); ++index) {
    const Injector& injector = injectors[index];
    if (injector.kind != InjectorKind::kill) continue;
    KillRule kills{index, injector.kill_at == KillAt::every_call, injector.victims};
    kills.broadcasts = plan.scenario.agents.broadcasts;
    for (std::uint64_t number = 0; !kills.every_call && number < injector.count; ++number) {
      kills.before_call.push_back(planned_kill(plan, index, number));
    }
    all.push_back(std::move(kills));
  }
  return all;
}

std::vector<DelayRule> delay_rules(const Plan& plan) {
  constexpr std::uint64_t drawn = 1000;  // of a distribution; beyond these, the last repeats
  std::vector<DelayRule> rules;
  const auto& injectors = plan.scenario.injectors;
  for (std::uint32_t index = 0; index < injectors.size(); ++index) {
    const Injector& injector = injectors[index];
    if (injector.kind != InjectorKind::delay) continue;
    DelayRule rule{index, injector.victims, injector.call, injector.path, injector.every, {}};
    const bool all_alike = !injector.hold.p99 && !injector.hold.rare;
    for (std::uint64_t number = 0; number < (all_alike ? 1 : drawn); ++number)
      rule.hold_ns.push_back(planned_hold(plan, index, number).count());
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace holdfast
