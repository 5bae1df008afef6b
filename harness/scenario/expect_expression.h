// An expectation as somebody types it: --expect 'success_rate.lower >= 0.99'.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// FIGURE >= VALUE, FIGURE <= VALUE or FIGURE == VALUE. A value is a number in the figure's unit; of a share also
// a percentage ("99%"), of a time also a duration ("3.1s"). Errors are Code::invalid, one sentence that
// names the nearest valid figure, or what may stand there.
Result<Expectation> parse_expectation(std::string_view text);

}  // namespace holdfast
