// What the plan's injectors that kill mean to the supervisor.
#pragma once

#include <vector>

#include "harness/scenario/plan.h"
#include "harness/supervisor/kill_points.h"

namespace holdfast {

std::vector<PlannedKills> planned_kills(const Plan& plan);

}  // namespace holdfast
