// The one frame of a stack that a programmer wants to see first.
#pragma once

#include <string>

#include "reports/exec/report.h"

namespace holdfast {

// The innermost frame that does not belong to a library; null: the stack is empty.
const CodeFrame* own_frame(const CodeStack& stack);

// "tests/test_state.py:42 in save (test_state.py::test_replace)", files relative to the domain's directory; empty: unknown.
std::string place_in_code(const ExecReport& report, const CodeStack& stack);

}  // namespace holdfast
