// Text from a file, safe to show in an error: short, quoted, without control characters.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

std::string short_quote(std::string_view text);

}  // namespace holdfast
