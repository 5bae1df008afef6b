// For tests: plans, and numbers drawn for them.
#pragma once

#include "core/base/random.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

inline std::uint64_t below(Random& random, std::uint64_t bound) {
  return random.next() % bound;
}

inline Plan plan_with_hold(HoldTime hold, double chance = 1) {
  Plan plan;
  Injector injector;
  injector.kind = InjectorKind::antivirus;
  injector.hold = hold;
  injector.chance = chance;
  plan.scenario.injectors = {injector, injector};
  return plan;
}

}  // namespace holdfast
