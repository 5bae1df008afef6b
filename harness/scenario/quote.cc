#include "harness/scenario/quote.h"

#include <algorithm>

namespace holdfast {

std::string short_quote(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::size_t length = std::min(text.size(), longest);
  // Cut before a UTF-8 character, not inside it.
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
    --length;
  std::string shown = "\"";
  for (const char c : text.substr(0, length)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    shown += control ? '?' : c;
  }
  return shown + (length < text.size() ? "…\"" : "\"");
}

}  // namespace holdfast
