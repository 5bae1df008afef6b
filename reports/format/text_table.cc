#include "reports/format/text_table.h"

#include <algorithm>
#include <numeric>

#include "core/base/check.h"
#include "reports/format/text.h"

namespace holdfast {
namespace {

constexpr std::size_t table_gap = 2;  // blanks between columns

std::vector<std::size_t> column_widths(const std::vector<TableColumn>& head, const TableRows& rows,
                                       std::size_t room) {
  std::vector<std::size_t> widths;
  for (std::size_t at = 0; at < head.size(); ++at) {
    std::size_t width = display_width(head[at].header);
    for (const auto& row : rows) {
      HOLDFAST_CHECK(row.size() == head.size());
      width = std::max(width, display_width(row[at]));
    }
    widths.push_back(width);
  }
  const std::size_t gaps = table_gap * (head.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > room) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= 1) break;
    --*widest;
  }
  return widths;
}

}  // namespace

std::string terminal_table(const std::vector<TableColumn>& head, const TableRows& rows, std::size_t columns,
                           const std::string& indent) {
  HOLDFAST_CHECK(!head.empty());
  const std::size_t used = display_width(indent);
  const std::size_t room = columns > used ? columns - used : 0;
  const auto widths = column_widths(head, rows, room);
  const auto line_of = [&](const auto& cell_of) {
    std::string line = indent;
    for (std::size_t at = 0; at < head.size(); ++at) {
      const std::string cell = cut_to(cell_of(at), widths[at]);
      if (at > 0) line += std::string(table_gap, ' ');
      line +=
          head[at].align == Align::right ? right_aligned(cell, widths[at]) : left_aligned(cell, widths[at]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  };
  std::string table = line_of([&](std::size_t at) -> const std::string& { return head[at].header; });
  for (const auto& row : rows)
    table += line_of([&](std::size_t at) -> const std::string& { return row[at]; });
  return table;
}

std::string markdown_table(const std::vector<TableColumn>& head, const TableRows& rows) {
  const auto line_of = [](const auto& cells) {
    std::string line = "|";
    for (const auto& cell : cells) line += " " + cell + " |";
    return line + "\n";
  };
  std::vector<std::string> headers;
  std::string rule = "|";
  for (const auto& column : head) {
    headers.push_back(column.header);
    rule += column.align == Align::right ? " ---: |" : " --- |";
  }
  std::string table = line_of(headers) + rule + "\n";
  for (const auto& row : rows) {
    HOLDFAST_CHECK(row.size() == head.size());
    table += line_of(row);
  }
  return table;
}

std::string markdown_table_of_text(std::vector<TableColumn> head, TableRows rows) {
  for (auto& column : head) column.header = markdown_text(column.header);
  for (auto& row : rows) {
    for (auto& cell : row) cell = markdown_text(cell);
  }
  return markdown_table(head, rows);
}

}  // namespace holdfast
