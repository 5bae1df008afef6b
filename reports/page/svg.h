// Charts that need no script: inline SVG in the page's colours.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reports/page/timeline.h"
#include "reports/summary/summary.h"

namespace holdfast {

// A share between 0 and 1 with its interval.
std::string interval_svg(double share, const Interval& interval);

// The waits before each retry: the planned range as a box, the observed waits as bars, on one time scale. Empty if
// nothing was planned or observed.
std::string waits_svg(const std::vector<RetryStep>& steps, const std::vector<WaitBar>& waits);

// A bar for a table's cell.
std::string bar_html(std::uint64_t part, std::uint64_t greatest);

}  // namespace holdfast
