// How deep JSON goes, asked before it is parsed: an object that grows copies what is in it, level by level, on
// the stack, so that a file of brackets would end the program.
#pragma once

#include <string_view>

namespace holdfast {

// The greatest number of arrays and objects that are open at once. Takes any text; what is no JSON is for the parser
// to say.
int nesting_depth(std::string_view json);

}  // namespace holdfast
