// How deeply JSON is nested, checked before parsing: the parser copies growing objects recursively, so a file of
// brackets would overflow the stack.
#pragma once

#include <string_view>

namespace holdfast {

// The greatest number of arrays and objects open at once. Takes any text; whether it is JSON is for the parser to
// say.
int nesting_depth(std::string_view json);

}  // namespace holdfast
