// Whether two runs had the same settings.
#pragma once

#include <string>

#include "harness/scenario/scenario.h"

namespace holdfast {

// Sixteen hex digits over everything in `scenario` that determines what is done: not its name, title, expectations,
// or the directory it was loaded from.
std::string settings_hash(Scenario scenario);

}  // namespace holdfast
