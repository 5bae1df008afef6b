// The rules as real processes experience them: opens every pair of handles, and does every operation, on a real file
// in an enforcing domain.
#pragma once

#include <string>

#include "core/base/result.h"

namespace holdfast {

// The rows of rule_rows.h, as `holdfast rules --json` has them.
Result<std::string> live_decisions();

// The process within the domain: opens files in its current directory, and writes rows to `output`. `posix`: only
// replaces with POSIX semantics. Returns the exit code.
int live_rules_main(bool posix, const std::string& output);

}  // namespace holdfast
