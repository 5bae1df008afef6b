// Consent to run the command of a plan.json, which may be somebody else's.
#pragma once

#include "core/base/result.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

inline constexpr const char* about_yes =
    "Run the command of the plan without asking; needed where nobody can be asked";

// Shows the command on standard error, and asks on a terminal unless `yes`. Code::invalid: it must not be run. A plan whose
// subject is the core library has no command.
Result<> consent_to_run(const Plan& plan, bool yes, bool quiet);

}  // namespace holdfast
