// What a run under Windows' rules on another system does not show.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

// One sentence each. A run without those rules models none of them, and the list is shorter.
std::vector<std::string> not_modelled(bool windows_rules, bool opens_refused);

}  // namespace holdfast
