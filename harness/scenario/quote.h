// Text from a file, as an error may show it: short, in quotes, and unable to drive the terminal.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

std::string short_quote(std::string_view text);

}  // namespace holdfast
