#include "reports/format/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "reports/format/code_points.h"

namespace holdfast {
namespace {

std::string visible_escape(const CodePoint& point) {
  if (!point.valid || point.value == 0x7F)
    return fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
  if (point.value == '\n') return "\\n";
  if (point.value == '\r') return "\\r";
  if (point.value == '\t') return "\\t";
  if (point.value < 0x20) return fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
  return fmt::format("\\u{{{:x}}}", static_cast<unsigned>(point.value));
}

bool ends_with_www(std::string_view text) {
  if (text.size() < 3) return false;
  text = text.substr(text.size() - 3);
  return std::all_of(text.begin(), text.end(), [](char c) { return c == 'w' || c == 'W'; });
}

// Where the word ends that `text` begins with. A number and its unit are one word: "12 ms", "99.9 %".
std::size_t end_of_word(std::string_view text) {
  std::size_t end = std::min(text.find(' '), text.size());
  for (const std::string_view unit : {" %", " ms", " s", " x"}) {
    if (end == 0 || text.substr(end, unit.size()) != unit) continue;
    const std::size_t after = end + unit.size();
    const bool whole = after == text.size() || std::isalnum(static_cast<unsigned char>(text[after])) == 0;
    const bool number = std::isdigit(static_cast<unsigned char>(text[end - 1])) != 0;
    if (whole && number) end = std::min(text.find(' ', end + 1), text.size());
  }
  return end;
}

// Where the first `columns` columns of `text` end, in bytes.
std::size_t bytes_of_columns(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  std::size_t used = 0;
  while (at < text.size()) {
    const CodePoint point = first_code_point(text.substr(at));
    const auto width = static_cast<std::size_t>(columns_of(point.value));
    if (used + width > columns) break;
    used += width;
    at += point.bytes.size();
  }
  return at;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (!point.valid || is_unsafe(point.value)) {
      line += visible_escape(point);
    } else {
      line += point.bytes;
    }
    text.remove_prefix(point.bytes.size());
  }
  return line;
}

std::string markdown_text(std::string_view text) {
  std::string line = one_line(text);
  line.erase(0, line.find_first_not_of(' '));
  // What would begin a list, a rule or a heading if the text stood first in its line.
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  std::size_t marker = std::string::npos;
  if (!line.empty() && std::string_view("-+=").find(line[0]) != std::string_view::npos) marker = 0;
  const bool numbered = digits > 0 && digits < line.size() && (line[digits] == '.' || line[digits] == ')');
  if (numbered && (digits + 1 == line.size() || line[digits + 1] == ' ')) marker = digits;

  std::string escaped;
  escaped.reserve(line.size() + line.size() / 8);
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const std::string_view before(line.data(), at);
    const bool link =
        (c == ':' && std::string_view(line).substr(at, 3) == "://") ||  // https://… is a link by itself
        (c == '.' && ends_with_www(before));                            // and so is www.…
    if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '&') {
      escaped += "&amp;";
    } else if (c == '@') {
      // A mention is looked for after all escapes are gone, but never in a code span.
      const std::size_t end = std::min(line.find_first_not_of('@', at), line.size());
      escaped.append("`").append(end - at, '@').append("`");
      at = end - 1;
    } else {
      if (at == marker || link || std::string_view("\\`*_[]|~$#").find(c) != std::string_view::npos)
        escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string markdown_code(std::string_view text) {
  const std::string line = one_line(text);
  // A pipe ends a table's cell even within a code span, and a backtick the span: such text
  // is escaped instead.
  if (line.find_first_of("|`") != std::string::npos) return markdown_text(line);
  if (line.find_first_not_of(' ') == std::string::npos) return "";
  return fmt::format("`{}`", line);
}

std::string markdown_block(std::string_view text) {
  std::string block;
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    block += one_line(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return fence + "text\n" + block + fence + "\n";
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    width += static_cast<std::size_t>(columns_of(point.value));
    text.remove_prefix(point.bytes.size());
  }
  return width;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  return std::string(text.substr(0, bytes_of_columns(text, columns - 1))) + "…";
}

std::string wrapped(std::string_view text, std::size_t columns, std::string_view first,
                    std::string_view rest) {
  std::string lines;
  std::string line(first);
  std::size_t used = display_width(first);
  bool empty = true;  // nothing but the prefix so far
  const auto break_line = [&] {
    lines += line + "\n";
    line = rest;
    used = display_width(rest);
    empty = true;
  };
  while (!text.empty()) {
    const std::size_t end = end_of_word(text);
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    std::size_t width = display_width(word);
    if (!empty && used + 1 + width > columns) break_line();
    while (used + (empty ? 0 : 1) + width > columns) {
      // The word is wider than a line: fill lines with it. A prefix as wide as the line still
      // gets one character.
      const std::size_t room = columns > used ? columns - used : 0;
      std::size_t bytes = bytes_of_columns(word, room);
      if (bytes == 0) bytes = first_code_point(word).bytes.size();
      line += word.substr(0, bytes);
      word.remove_prefix(bytes);
      width = display_width(word);
      break_line();
      if (word.empty()) break;
    }
    if (word.empty()) continue;
    if (!empty) {
      line += ' ';
      ++used;
    }
    line += word;
    used += width;
    empty = false;
  }
  if (!empty || lines.empty()) lines += line + "\n";
  return lines;
}

std::string left_aligned(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(text) + std::string(width < columns ? columns - width : 0, ' ');
}

std::string right_aligned(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(width < columns ? columns - width : 0, ' ') + std::string(text);
}

}  // namespace holdfast
