// Whether two runs were asked for the same.
#pragma once

#include <string>

#include "harness/scenario/scenario.h"

namespace holdfast {

// Sixteen hex digits over everything in `scenario` that decides what is done: not its name and title, nor what is
// expected of it, nor the directory it was loaded from.
std::string settings_hash(Scenario scenario);

}  // namespace holdfast
