#include "reports/format/code_points.h"

#include <array>

namespace holdfast {
namespace {

struct CodePointRange {
  char32_t first, last;
};

template <std::size_t n>
bool within(char32_t code_point, const std::array<CodePointRange, n>& ranges) {
  for (const auto& range : ranges) {
    if (code_point >= range.first && code_point <= range.last) return true;
  }
  return false;
}

// Enough of Unicode's East_Asian_Width for tables to line up; a wrong guess costs alignment, nothing else.
constexpr std::array<CodePointRange, 9> wide_ranges{{{0x1100, 0x115F},
                                                     {0x2E80, 0xA4CF},
                                                     {0xAC00, 0xD7A3},
                                                     {0xF900, 0xFAFF},
                                                     {0xFE30, 0xFE6F},
                                                     {0xFF00, 0xFF60},
                                                     {0xFFE0, 0xFFE6},
                                                     {0x1F300, 0x1FAFF},
                                                     {0x20000, 0x3FFFD}}};
constexpr std::array<CodePointRange, 3> combining_ranges{
    {{0x0300, 0x036F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
constexpr std::array<CodePointRange, 9> unsafe_ranges{
    {{0x00, 0x1F},
     {0x7F, 0x9F},
     {0x061C, 0x061C},  // direction marks, overrides, isolates
     {0x200B, 0x200F},
     {0x2028, 0x202E},  // line and paragraph separators too
     {0x2060, 0x206F},
     {0xFEFF, 0xFEFF},
     {0xFFF9, 0xFFFB},
     {0xE0000, 0xE0FFF}}};  // invisible tags

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  const CodePoint broken{lead, text.substr(0, 1), false};
  if (lead < 0x80) return {lead, text.substr(0, 1), true};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return broken;
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80) return broken;
    value = (value << 6) | (byte(at) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least_of_length{0, 0, 0x80, 0x800, 0x10000};
  if (value < least_of_length[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return broken;
  return {value, text.substr(0, length), true};
}

int columns_of(char32_t code_point) {
  if (within(code_point, combining_ranges)) return 0;
  return within(code_point, wide_ranges) ? 2 : 1;
}

bool is_unsafe(char32_t code_point) {
  return within(code_point, unsafe_ranges) || (code_point & 0xFFFE) == 0xFFFE;  // U+xxFFFE and U+xxFFFF
}

}  // namespace holdfast
