// UTF-8, as the JSON reader and writer need it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

// How many bytes at `at` stand for themselves in a JSON string: ASCII but control characters, '"' and '\'.
std::size_t plain_run(std::string_view text, std::size_t at);

// The length of the two- to four-byte character at `at`; 0 if it is invalid: overlong, a surrogate, or above U+10FFFF
// (Unicode, table 3-7).
std::size_t multi_byte_length(std::string_view text, std::size_t at);

// `point` must be a scalar value: below 0x110000 and not a surrogate.
void append_utf8(std::string& out, unsigned point);

}  // namespace holdfast
