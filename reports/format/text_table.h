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

using TableRows = std::vector<std::vector<std::string>>;  // one cell per column

// Lines of at most `columns`, each beginning with `indent`. If the table is too wide, its widest column is cut. Cells
// are one_line text.
std::string terminal_table(const std::vector<TableColumn>& head, const TableRows& rows, std::size_t columns,
                           const std::string& indent);

// A table in GitHub's Markdown; cells are already Markdown.
std::string markdown_table(const std::vector<TableColumn>& head, const TableRows& rows);
std::string markdown_table_of_text(std::vector<TableColumn> head, TableRows rows);  // cells are any text

}  // namespace holdfast
