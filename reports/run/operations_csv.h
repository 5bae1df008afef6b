// One row per operation, for custom plots (RFC 4180, UTF-8, with a header line).
#pragma once

#include <functional>
#include <string_view>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// Passes on the table in pieces of some ten thousand bytes. Times are milliseconds after the barrier; a field without
// a value is empty. Text from a subject is on one line, quoted, at most 300 columns wide, and gets a leading
// apostrophe if a spreadsheet would take it for a formula.
void write_operations_csv(const Plan& plan, const History& history,
                          const std::function<void(std::string_view)>& write);

}  // namespace holdfast
