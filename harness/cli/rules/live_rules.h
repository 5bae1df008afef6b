// The rules as real processes meet them: every pair of handles is opened, and every operation done, on a real file in a
// domain that enforces.
#pragma once

#include <string>

#include "core/base/result.h"

namespace holdfast {

// The rows of rule_rows.h, as `holdfast rules --json` has them.
Result<std::string> live_decisions();

// The process within the domain: opens files in its current directory, and writes rows to `output`. `posix`: only the
// replacing with POSIX semantics. Returns the exit code.
int live_rules_main(bool posix, const std::string& output);

}  // namespace holdfast
