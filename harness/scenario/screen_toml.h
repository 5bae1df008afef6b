// Keeps from toml++ what it cannot take.
//
// toml++ 3.3 reads and destroys nested tables by recursion, and a dotted key nests without a limit: 200,000 dots on a
// line overflow the stack, and so do its 256 brackets with dots between them where nothing is optimised. It takes a character beyond ASCII where it looks for white space for impossible
// (undefined behaviour for "ä" outside a string, also in what it takes for none: 0"ä"). A scenario needs
// neither, nor strings of several lines, which would make this scan as long as a parser.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast {

// Refuses, as "file:line:column: …": more than 1 MiB; more than 40 dots on one line, or 32 brackets within each other,
// outside strings and comments; characters beyond ASCII there; quotes in the middle of a word; strings of several lines.
Result<> screen_toml(std::string_view text, const std::string& file_name);

}  // namespace holdfast
