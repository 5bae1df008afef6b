// An expectation as one line: 'success_rate.lower >= 0.99', from --expect or [[expect]].
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "harness/scenario/figures.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// FIGURE >= VALUE, FIGURE <= VALUE or FIGURE == VALUE. A value is a number in the figure's unit; for a share also a
// percentage ("99%"), for a time also a duration ("3.1s"). Errors are Code::invalid, one sentence that names the
// nearest valid figure, or what is valid there.
Result<Expectation> read_expectation(std::string_view text);

// The value alone.
Result<double> read_threshold(const Figure& figure, std::string_view text);

// From the command line: errors begin with --expect.
Result<Expectation> parse_expectation(std::string_view text);

}  // namespace holdfast
