// The run second by second, as a table for report.md.
#pragma once

#include <string>

#include "reports/summary/summary.h"

namespace holdfast {

// A table of at most 20 rows with an explanation, in Markdown; empty without a series.
std::string over_time_table(const Summary& summary);

}  // namespace holdfast
