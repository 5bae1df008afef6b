// Renderers: pure, the same summary gives the same bytes. One file a format. What subjects said is
// escaped by each.
#pragma once

#include <string>

#include "reports/summary/summary.h"

namespace holdfast {

// No line is wider than `columns` (at least 40), but the command to repeat, which is there to be copied.
std::string render_terminal(const Summary& summary, bool colour, int columns);
std::string render_markdown(const Summary& summary);
std::string render_junit(const Summary& summary);

}  // namespace holdfast
