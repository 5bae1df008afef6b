// Who is killed, and when, as far as chance decides it.

#include <algorithm>

#include "core/base/check.h"
#include "core/base/random.h"
#include "harness/scenario/plan/plan.h"
#include "harness/scenario/plan/streams.h"

namespace holdfast {

bool is_victim(const Scenario& scenario, std::uint32_t agent) {
  return std::any_of(scenario.injectors.begin(), scenario.injectors.end(), [&](const Injector& injector) {
    return injector.kind == InjectorKind::kill &&
           std::find(injector.victims.begin(), injector.victims.end(), agent) != injector.victims.end();
  });
}

bool any_kills(const Scenario& scenario) {
  return std::any_of(scenario.injectors.begin(), scenario.injectors.end(),
                     [](const Injector& injector) { return injector.kind == InjectorKind::kill; });
}

std::uint64_t planned_kill(const Plan& plan, std::uint32_t injector, std::uint64_t number) {
  HOLDFAST_CHECK(injector < plan.scenario.injectors.size());
  Random random(derive_seed(stream_seed(plan.seed, Stream::kill, injector), number));
  const double calls = plan.scenario.injectors[injector].within;
  return 1 + static_cast<std::uint64_t>(random.uniform() * calls);
}

}  // namespace holdfast
