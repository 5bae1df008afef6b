// The rows of a comparison, the same for every format.
#pragma once

#include "reports/compare/compare.h"
#include "reports/format/text_table.h"

namespace holdfast {

// what, before, after, change or p; plain text.
TableRows comparison_rows(const Comparison& comparison);

}  // namespace holdfast
