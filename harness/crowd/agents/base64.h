// Base64 (RFC 4648, section 4): how bytes that are not text go through a line of JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

std::string to_base64(std::string_view bytes);

// None where the text is not base64, as written above: padded, no line ends, nothing else.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace holdfast
