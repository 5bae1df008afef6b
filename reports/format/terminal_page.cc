#include "reports/format/terminal_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/format/text.h"

namespace holdfast {
namespace {

constexpr int least_columns = 40;  // narrower than this no table says anything

}  // namespace

TerminalPage::TerminalPage(bool colour, int columns)
    : colour_(colour), columns_(static_cast<std::size_t>(std::max(columns, least_columns))) {}

std::string TerminalPage::painted(std::string_view text, Ink ink) const {
  if (!colour_ || ink == Ink::plain) return std::string(text);
  const char* code = ink == Ink::good       ? "32;1"
                     : ink == Ink::bad      ? "31;1"
                     : ink == Ink::doubtful ? "33;1"
                                            : "1";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void TerminalPage::heading(std::string_view text) {
  text_ += fmt::format("\n{}\n", painted(cut_to(one_line(text), columns_), Ink::bold));
}

void TerminalPage::paragraph(std::string_view text, std::size_t indent) {
  const std::string blanks(indent, ' ');
  text_ += wrapped(one_line(text), columns_, blanks, blanks);
}

void TerminalPage::labelled(std::string_view label, Ink ink, std::size_t label_columns, std::string_view text,
                            std::size_t indent) {
  // Wrapped around blanks of the label's width first, so that escape codes do not count as columns.
  const std::string shown = cut_to(one_line(label), columns_ / 2);
  const std::size_t width = std::max(label_columns, display_width(shown) + 1);
  const std::string hanging(indent + width, ' ');
  std::string block = wrapped(one_line(text), columns_, hanging, hanging);
  block.replace(indent, display_width(shown), painted(shown, ink));
  text_ += block;
}

void TerminalPage::table(const std::vector<TableColumn>& head, TableRows rows) {
  for (auto& row : rows) {
    for (auto& cell : row) cell = one_line(cell);
  }
  text_ += terminal_table(head, rows, columns_, "  ");
}

void TerminalPage::raw_line(std::string_view text) {
  text_ += fmt::format("  {}\n", one_line(text));
}

}  // namespace holdfast
