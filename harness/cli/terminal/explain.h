// What is asked for beyond a scenario's own thresholds, and why an exit code is not 0.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// What --expect said, in order; the first that is wrong is the error.
Result<std::vector<Expectation>> expectations_of(const std::vector<std::string>& texts);

// Says on stderr, in one line, why `exit_code` is not 0, and returns it.
int explained(int exit_code, const std::vector<std::string>& reasons);

}  // namespace holdfast
