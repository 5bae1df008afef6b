// A page of text for a terminal of some width, with or without colour.
#pragma once

#include <string>
#include <string_view>

#include "reports/format/text_table.h"

namespace holdfast {

enum class Ink { plain, bold, good, bad, doubtful };

class TerminalPage {
 public:
  TerminalPage(bool colour, int columns);

  // All of these accept untrusted text and make it one_line.
  void heading(std::string_view text);  // after an empty line
  void paragraph(std::string_view text, std::size_t indent = 2);
  void labelled(std::string_view label, Ink ink, std::size_t label_columns, std::string_view text,
                std::size_t indent = 0);  // label, then text wrapped beside it
  void table(const std::vector<TableColumn>& head, TableRows rows);
  void raw_line(std::string_view text);  // never wrapped: to be copied

  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  [[nodiscard]] std::string painted(std::string_view text, Ink ink) const;

  bool colour_;
  std::size_t columns_;
  std::string text_;
};

}  // namespace holdfast
