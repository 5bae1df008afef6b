#include "reports/format/html_text.h"

#include <fmt/format.h>

#include "reports/format/text.h"

namespace holdfast {
namespace {

constexpr std::size_t most_columns = 4000;

}  // namespace

std::string html_text(std::string_view text) {
  // Looks only at what can be shown, not at all of a MiB.
  const std::string line = cut_to(one_line(text.substr(0, most_columns * 4)), most_columns);
  std::string html;
  html.reserve(line.size());
  for (const char c : line) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string path_address(std::string_view path) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string address;
  for (const char c : path) {
    if (plain.find(c) != std::string_view::npos) {
      address += c;
    } else {
      address += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return address;
}

std::string script_json(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// Wider ones become a card a row on a narrow screen, where each cell says what it is.
constexpr std::size_t most_columns_on_a_phone = 3;

std::string html_table(std::string_view label, const std::vector<TableColumn>& head, const TableRows& rows) {
  const auto side = [&](std::size_t column) {
    return head[column].align == Align::right ? " class=\"n\"" : "";
  };
  std::string table = fmt::format(
      "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table{}>\n<thead><tr>", label,
      head.size() > most_columns_on_a_phone ? " class=\"wide\"" : "");
  for (std::size_t column = 0; column < head.size(); ++column) {
    // A column of bars needs no header that is read out.
    table += head[column].header.empty()
                 ? "<td></td>"
                 : fmt::format("<th scope=\"col\"{}>{}</th>", side(column), head[column].header);
  }
  table += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    table += "<tr>";
    for (std::size_t column = 0; column < row.size(); ++column) {
      const bool named = head.size() > most_columns_on_a_phone && !head[column].header.empty();
      table += fmt::format("<td{}{}>{}</td>", side(column),
                           named ? fmt::format(" data-head=\"{}\"", head[column].header) : "", row[column]);
    }
    table += "</tr>\n";
  }
  return table + "</tbody></table></div>\n";
}

std::string html_table_of_text(std::string_view label, std::vector<TableColumn> head, TableRows rows) {
  for (auto& column : head) column.header = html_text(column.header);
  for (auto& row : rows) {
    for (auto& cell : row) cell = html_text(cell);
  }
  return html_table(label, head, rows);
}

// A number and its unit stay on one line.
static std::string with_units(std::string html) {
  for (std::size_t at = html.find(' '); at != std::string::npos; at = html.find(' ', at + 1)) {
    if (at == 0 || html[at - 1] < '0' || html[at - 1] > '9') continue;
    for (const std::string_view unit : {"ms", "s", "%", "µs"}) {
      const std::size_t end = at + 1 + unit.size();
      const bool is_word =
          html.compare(at + 1, unit.size(), unit) == 0 &&
          (end == html.size() || std::string_view(" ,;.)").find(html[end]) != std::string_view::npos);
      if (!is_word) continue;
      html.replace(at, 1, "&nbsp;");
      break;
    }
  }
  return html;
}

std::string html_prose(std::string_view plain) {
  return with_units(html_text(plain));
}

std::string html_section(std::string_view id, std::string_view heading, std::string_view body) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n<h2 id=\"{0}-h\">{1}</h2>\n{2}</section>\n", id,
      heading, body);
}

std::string html_paragraph(std::string_view plain, std::string_view kind) {
  return fmt::format("<p{}>{}</p>\n", kind.empty() ? "" : fmt::format(" class=\"{}\"", kind),
                     html_prose(plain));
}

std::string html_folded(bool fold, std::string_view title, const std::string& body) {
  return fold ? fmt::format("<details><summary>{}</summary>\n{}</details>\n", html_text(title), body) : body;
}

std::string html_list(const std::vector<std::string>& sentences) {
  std::string list = "<ul>\n";
  for (const auto& sentence : sentences) list += fmt::format("<li>{}</li>\n", html_prose(sentence));
  return list + "</ul>\n";
}

std::string filled(std::string_view skeleton,
                   const std::vector<std::pair<std::string_view, std::string>>& parts) {
  std::string page;
  while (true) {
    const std::size_t open = skeleton.find("{{");
    page += skeleton.substr(0, open);
    if (open == std::string_view::npos) return page;
    const std::size_t close = skeleton.find("}}", open);
    const std::string_view name = skeleton.substr(open + 2, close - open - 2);
    for (const auto& [which, text] : parts) {
      if (which == name) page += text;
    }
    skeleton.remove_prefix(close + 2);
  }
}

}  // namespace holdfast
