// Writes strings as JSON.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

// Appends `text` in quotes, escaped as little as JSON allows. False, with `out` in an unspecified state, if
// it is not UTF-8.
bool append_json_string(std::string& out, std::string_view text);

}  // namespace holdfast
