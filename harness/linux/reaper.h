// Ends every descendant of this process, whatever it did to hide.
#pragma once

#include <sys/types.h>
#include <functional>

#include <vector>

#include "core/base/result.h"

namespace holdfast {

// Orphans below this process become its children instead of init's. Inherited by none.
Result<> become_subreaper();

// The children that this process has now.
std::vector<pid_t> children();

// Kills and reaps until no child is left but those to `spare`: since orphans come to us, that ends all
// descendants. `reaped` hears of each with its wait status.
void end_all_descendants(const std::vector<pid_t>& spare, const std::function<void(pid_t, int)>& reaped);

}  // namespace holdfast
