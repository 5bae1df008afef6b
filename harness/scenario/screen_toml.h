// Keeps input from toml++ that it cannot handle.
//
// toml++ 3.3 reads and destroys nested tables by recursion, and a dotted key nests without limit: 200,000 dots on a
// line overflow the stack, and in unoptimised builds so do 256 brackets with dots between them. It assumes that no
// character beyond ASCII appears where it looks for white space (undefined behaviour for "ä" outside a string, or in
// 0"ä", which it does not treat as a string). A scenario needs neither, nor multi-line strings, which would make this
// scan as long as a parser.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast {

// Refuses, as "file:line:column: …": more than 1 MiB; outside strings and comments, more than 40 dots on one line, 32
// nested brackets, or characters beyond ASCII; quotes in the middle of a word; multi-line strings.
Result<> screen_toml(std::string_view text, const std::string& file_name);

}  // namespace holdfast
