// `exec --then`: a command that judges what the other one left.
#pragma once

#include <string>

#include "core/base/result.h"

namespace holdfast {

// Runs it in a shell, outside the domain, with the command's exit code in HOLDFAST_EXIT. Returns its wait status.
Result<int> judge_left(const std::string& command, int exit_code);

}  // namespace holdfast
