// Refused calls by Windows code and by who held the file.
#pragma once

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Fills in refusals, refusals_by_code and refusals_by_holder.
void summarise_refusals(const Plan& plan, const History& history, Summary& summary);

}  // namespace holdfast
