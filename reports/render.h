// Renderers: pure, the same summary gives the same bytes. One file a format. What subjects said is
// escaped by each.
#pragma once

#include <string>

#include "reports/compare.h"
#include "reports/summary.h"
#include "reports/timeline.h"

namespace holdfast {

// No line is wider than `columns` (at least 40), but the command to repeat, which is there to be copied.
std::string render_terminal(const Summary& summary, bool colour, int columns);
std::string render_markdown(const Summary& summary);
std::string render_junit(const Summary& summary);
// A page of its own. Without a timeline it has no lanes, and says `why_not`.
std::string render_html(const Summary& summary, const Timeline* timeline, const std::string& why_not);

std::string render_comparison_terminal(const Comparison& comparison, bool colour, int columns);
std::string render_comparison_markdown(const Comparison& comparison);
std::string render_comparison_html(const Comparison& comparison);

}  // namespace holdfast
