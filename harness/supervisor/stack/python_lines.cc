#include "harness/supervisor/stack/python_lines.h"

#include <optional>

namespace holdfast {
namespace {

// Six bits a byte, the lowest first; bit 6 says that there are more.
std::optional<std::uint32_t> take_varint(std::string_view& table) {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 32; shift += 6) {
    if (table.empty()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(table.front());
    table.remove_prefix(1);
    value |= static_cast<std::uint32_t>(byte & 63U) << shift;
    if ((byte & 64U) == 0) return value;
  }
  return std::nullopt;
}

std::optional<int> take_signed_varint(std::string_view& table) {
  const auto value = take_varint(table);
  if (!value) return std::nullopt;
  const int size = static_cast<int>(*value >> 1);
  return (*value & 1) != 0 ? -size : size;
}

}  // namespace

int python_line(std::string_view table, int first_line, std::uint64_t instruction) {
  constexpr unsigned no_line = 15, long_form = 14, no_columns = 13, one_line = 10;
  std::int64_t line = first_line;
  std::uint64_t at = 0;
  while (!table.empty()) {
    const auto byte = static_cast<unsigned char>(table.front());
    table.remove_prefix(1);
    const unsigned form = byte >> 3 & 15U;
    if (form == long_form || form == no_columns) {
      const auto delta = take_signed_varint(table);
      if (!delta) return 0;
      line += *delta;
    } else if (form >= one_line && form != no_line) {
      line += form - one_line;
    }
    at += (byte & 7U) + 1;
    if (instruction < at) return form == no_line || line < 0 || line > INT32_MAX ? 0 : static_cast<int>(line);
    // The rest is about columns; only the first byte of an entry has its highest bit set.
    while (!table.empty() && (static_cast<unsigned char>(table.front()) & 128U) == 0) table.remove_prefix(1);
  }
  return 0;
}

}  // namespace holdfast
