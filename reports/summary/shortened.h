// A Summary for display. result.json keeps texts in full; a page or a terminal need not show a MiB of each.
#pragma once

#include "reports/summary/summary.h"

namespace holdfast {

// The same figures; names of more than 400 bytes and sentences of more than 2,000 are cut, marked by "…".
Summary shortened(const Summary& summary);

}  // namespace holdfast
