// Ends every descendant of this process, however well hidden.
#pragma once

#include <sys/types.h>
#include <functional>

#include <vector>

#include "core/base/result.h"

namespace holdfast {

// Makes orphaned descendants children of this process instead of init. Not inherited.
Result<> become_subreaper();

// The current children of this process.
std::vector<pid_t> children();

// Kills and reaps until only the children in `spare` are left: since orphans become our children, this ends all
// descendants. Calls `reaped` for each with its wait status.
void end_all_descendants(const std::vector<pid_t>& spare, const std::function<void(pid_t, int)>& reaped);

}  // namespace holdfast
