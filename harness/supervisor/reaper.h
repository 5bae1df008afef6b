// Ends every descendant of this process, whatever it did to hide.
#pragma once

#include <functional>
#include <sys/types.h>

#include "core/base/result.h"

namespace holdfast {

// Orphans below this process become its children instead of init's. Inherited by none.
Result<> become_subreaper();

// Kills and reaps until no child is left: since orphans come to us, that ends all descendants. `reaped` hears of
// each with its wait status.
void end_all_descendants(const std::function<void(pid_t, int)>& reaped);

}  // namespace holdfast
