// Expectations from the command line, and why an exit code is not 0.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// The --expect options, in order; the error is the first mistake.
Result<std::vector<Expectation>> expectations_of(const std::vector<std::string>& texts);

// Prints one line to stderr that explains why `exit_code` is not 0, and returns it.
int explained(int exit_code, const std::vector<std::string>& reasons);

}  // namespace holdfast
