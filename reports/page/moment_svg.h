// The picture of the moment that shows a failure: its lanes on a common time axis, each with what it read and wrote below.
#pragma once

#include <string>
#include <vector>

#include "harness/check/cause/moment.h"

namespace holdfast {

// For a wide and for a narrow screen; the style shows one of the two. Empty without lanes.
std::string moment_figure(const std::vector<MomentLane>& lanes);

}  // namespace holdfast
