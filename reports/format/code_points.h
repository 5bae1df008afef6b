// UTF-8 decoding of untrusted text.
#pragma once

#include <string_view>

namespace holdfast {

struct CodePoint {
  char32_t value = 0;
  std::string_view bytes;
  bool valid = false;  // false: `bytes` is one byte that begins no well-formed sequence
};

// The first code point of `text`, which is not empty. Overlong forms, surrogates and values beyond U+10FFFF
// are not valid.
CodePoint first_code_point(std::string_view text);

// Its width on a terminal, in columns: 0 combining, 2 East Asian wide and emoji, else 1.
int columns_of(char32_t code_point);

// Whether it controls a terminal or the text direction, or is not a character of XML 1.0.
bool is_unsafe(char32_t code_point);

}  // namespace holdfast
