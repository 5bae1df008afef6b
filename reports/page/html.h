// report.html of one run.
#pragma once

#include <string>

#include "reports/page/timeline.h"
#include "reports/summary/summary.h"

namespace holdfast {

// A self-contained page. Without a timeline it has no lanes, and says `why_not`.
std::string render_html(const Summary& summary, const Timeline* timeline, const std::string& why_not);

}  // namespace holdfast
