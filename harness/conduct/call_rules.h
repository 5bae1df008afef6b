// The plan's kills and delays as rules of the supervisor.
#pragma once

#include <vector>

#include "harness/scenario/plan.h"
#include "harness/supervisor/rules/delay_rule.h"
#include "harness/supervisor/rules/kill_points.h"

namespace holdfast {

std::vector<PlannedKills> kill_rules(const Plan& plan);
std::vector<DelayRule> delay_rules(const Plan& plan);

}  // namespace holdfast
