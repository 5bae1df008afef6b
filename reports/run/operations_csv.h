// Every operation as a row, for those who want plots of their own (RFC 4180, UTF-8, a header line).
#pragma once

#include <functional>
#include <string_view>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// Hands the table over in pieces of some ten thousand bytes. Times are milliseconds after the barrier; a field without a
// value is empty. Text that a subject brought in is on one line, quoted, at most 300 columns wide, and
// begins with an apostrophe where a spreadsheet would take it for a formula.
void write_operations_csv(const Plan& plan, const History& history,
                          const std::function<void(std::string_view)>& write);

}  // namespace holdfast
