// Base64 (RFC 4648, section 4): for bytes in a line of JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

std::string to_base64(std::string_view bytes);

// None if the text is not exactly that: padded, without line ends or anything else.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace holdfast
