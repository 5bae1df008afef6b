// A comparison as text. Pure: the same comparison gives the same bytes.
#pragma once

#include <string>

#include "reports/compare/compare.h"

namespace holdfast {

// No line is wider than `columns` (at least 40).
std::string render_comparison_terminal(const Comparison& comparison, bool colour, int columns);
std::string render_comparison_markdown(const Comparison& comparison);
std::string render_comparison_html(const Comparison& comparison);

}  // namespace holdfast
