// What the supervisor is told of the injectors that hold up calls.
#pragma once

#include <vector>

#include "harness/scenario/plan.h"
#include "harness/supervisor/delay_rule.h"

namespace holdfast {

std::vector<DelayRule> planned_delays(const Plan& plan);

}  // namespace holdfast
