// What a run under Windows' rules on another system cannot show.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

// One sentence per topic. For a run without those rules the list is shorter, since it models none of them. `acts`: calls are
// made for their callers, not only observed.
std::vector<std::string> not_modelled(bool windows_rules, bool opens_refused, bool acts);

}  // namespace holdfast
