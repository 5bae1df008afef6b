// Tables for terminals and for Markdown.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

enum class Align { left, right };

struct TableColumn {
  std::string header;
  Align align = Align::left;
};

using TableRows = std::vector<std::vector<std::string>>;  // a row has as many cells as there are columns

// Lines of at most `columns`, each begun with `indent`. Where the table is too wide, its widest column is
// cut. Cells are one_line text.
std::string terminal_table(const std::vector<TableColumn>& head, const TableRows& rows, std::size_t columns,
                           const std::string& indent);

// A table of GitHub's Markdown; cells are Markdown already.
std::string markdown_table(const std::vector<TableColumn>& head, const TableRows& rows);
std::string markdown_table_of_text(std::vector<TableColumn> head, TableRows rows);  // cells are any text

}  // namespace holdfast
