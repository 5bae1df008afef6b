// The plan's kills and delays as rules of the supervisor.
#pragma once

#include <vector>

#include "harness/scenario/plan/plan.h"
#include "harness/supervisor/before/delayer.h"
#include "harness/supervisor/before/kill_points.h"

namespace holdfast {

std::vector<KillRule> kill_rules(const Plan& plan);
std::vector<DelayRule> delay_rules(const Plan& plan);

}  // namespace holdfast
