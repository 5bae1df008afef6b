// Renderers: pure, the same summary gives the same bytes. One file per format. Each escapes text from subjects.
#pragma once

#include <string>

#include "reports/summary/summary.h"

namespace holdfast {

// No line is wider than `columns` (at least 40), except the command to repeat, which is meant for copying.
std::string render_terminal(const Summary& summary, bool colour, int columns);
std::string render_markdown(const Summary& summary);
std::string render_junit(const Summary& summary);

}  // namespace holdfast
