// Events whose text is two fields, with a NUL between them.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

namespace holdfast {

inline std::string in_fields(const std::string& first, const std::string& second) {
  return std::string(first).append(1, '\0').append(second);
}

// Without a NUL, the second is empty.
inline std::pair<std::string, std::string> two_fields(const std::string& text) {
  const auto end = std::min(text.find('\0'), text.size());
  return {text.substr(0, end), text.substr(std::min(end + 1, text.size()))};
}

}  // namespace holdfast
