#include "harness/scenario/screen_toml.h"

#include <fmt/format.h>

#include "harness/scenario/document.h"

namespace holdfast {
namespace {

constexpr int toml_dots_per_line_max = 40;
constexpr int toml_brackets_max = 32;
constexpr std::size_t toml_bytes_max = 1U << 20;

enum class TomlState { outside, comment, basic_string, literal_string };

// U+0085, U+2028 and U+2029, which toml++ takes for line breaks.
bool is_unicode_line_break(std::string_view text) {
  return text.starts_with("\xC2\x85") || text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9");
}

// After what a string may begin. Elsewhere toml++ reads on as if it were a word, and so the string's characters.
bool may_begin_string(char before) {
  return std::string_view(" \t\r\n=[{,.").find(before) != std::string_view::npos;
}

}  // namespace

Result<> screen_toml(std::string_view text, const std::string& file_name) {
  Place place{file_name, 1, 1};
  if (text.size() > toml_bytes_max) {
    return fail_at(place, fmt::format("this is longer than {} bytes, the most that is read", toml_bytes_max));
  }
  TomlState state = TomlState::outside;
  int dots = 0, open_brackets = 0;
  const std::size_t byte_order_mark = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (std::size_t at = byte_order_mark; at < text.size(); ++at, ++place.column) {
    const char c = text[at];
    const std::string_view rest = text.substr(at);
    if (c == '\n') {
      state = TomlState::outside;  // no string goes on over it: those of several lines are refused
      dots = 0;
      ++place.line;
      place.column = 0;
    } else if (state == TomlState::basic_string) {
      const bool escaped = c == '\\' && rest.size() > 1 && rest[1] != '\n';
      if (escaped) ++at, ++place.column;
      if (c == '"') state = TomlState::outside;
    } else if (state == TomlState::literal_string) {
      if (c == '\'') state = TomlState::outside;
    } else if (is_unicode_line_break(rest)) {
      return fail_at(place, "a line break that is not ASCII; use a plain one");
    } else if (state == TomlState::outside) {
      if (static_cast<unsigned char>(c) > 0x7F) {
        return fail_at(place, "a character beyond ASCII outside a string; put quotes around it");
      }
      if (rest.starts_with("\"\"\"") || rest.starts_with("'''")) {
        return fail_at(place, "strings of several lines are not read here; write it on one line");
      }
      if ((c == '"' || c == '\'') && at != byte_order_mark && !may_begin_string(text[at - 1])) {
        return fail_at(place, "a quote in the middle of a word; put quotes around all of it");
      }
      if (c == '.' && ++dots > toml_dots_per_line_max) {
        return fail_at(place, fmt::format("more than {} dots on one line", toml_dots_per_line_max));
      }
      if (c == '[' || c == '{') ++open_brackets;
      if (c == ']' || c == '}') --open_brackets;
      if (open_brackets > toml_brackets_max) {
        return fail_at(place, fmt::format("more than {} brackets within each other", toml_brackets_max));
      }
      if (c == '#') state = TomlState::comment;
      if (c == '"') state = TomlState::basic_string;
      if (c == '\'') state = TomlState::literal_string;
    }
  }
  return {};
}

}  // namespace holdfast
