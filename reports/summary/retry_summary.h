// How often operations were retried and how long they waited, compared with the policy's plan.
#pragma once

#include <string>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Fills in retry_histogram, waits_ms, retry_steps, planned_budget_ms and policy, and each agent's retries and
// waited_ms; agents must be filled in already, one for each planned agent.
void summarise_retries(const Plan& plan, const History& history, Summary& summary);

// "up to 5 retries, waits of 100 ms doubling each time, no jitter"
std::string policy_text(const RetryPolicy& policy);

}  // namespace holdfast
