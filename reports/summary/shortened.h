// A Summary for people. result.json keeps texts as they came; a page or a terminal need not show a MiB of each.
#pragma once

#include "reports/summary/summary.h"

namespace holdfast {

// The same figures; names of more than 400 bytes and sentences of more than 2,000 are cut, which a "…" shows.
Summary shortened(const Summary& summary);

}  // namespace holdfast
