#include "harness/cli/reference/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "harness/cli/reference/embedded.h"
#include "harness/history/doubt.h"
#include "harness/scenario/check_names.h"
#include "harness/scenario/figures.h"
#include "harness/sharing/windows_codes.h"

namespace holdfast {
namespace {

constexpr std::string_view exit_codes_page = "docs/reference/exit-codes.md";

std::vector<std::string> split(std::string_view text, std::string_view by) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(by, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + by.size();
  }
  return parts;
}

std::string without_marks(std::string_view cell) {
  std::string text;
  for (std::size_t at = 0; at < cell.size(); ++at) {
    if (cell[at] == '`' || cell[at] == '*') continue;
    text += cell[at];
  }
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lowered;
}

void add_checks(std::vector<Explanation>& all) {
  const auto rows = table_rows(embedded_file("docs/reference/checks.md"), "check");
  for (const CheckRow& check : check_rows) {
    std::string text = fmt::format("Passes if this is true: {}.", check.title);
    for (const TableRow& row : rows) {
      if (row.front() == check.name) text += fmt::format("\nFails when: {}.", row.back());
    }
    if (!check.figure.empty())
      text += fmt::format("\nAs a figure: {}, as in --expect '{} == 0'.", check.figure, check.name);
    all.push_back({std::string(check.name), "check", text});
  }
}

void add_exit_codes(std::vector<Explanation>& all) {
  const std::string_view page = embedded_file(exit_codes_page);
  const auto by_command = table_rows(page, "command");
  std::vector<TableRow> codes = table_rows(page, "code");
  for (const char* const other : {"4", "125", "126", "127"}) codes.push_back({other, ""});
  for (const TableRow& code : codes) {
    std::string text = code.back().empty() ? "" : fmt::format("run and check: {}\n", code.back());
    for (const TableRow& row : by_command) {
      const auto words = split(row.back(), " ");
      const auto names_it = [&](std::string_view word) {
        return word == code.front() || word == code.front() + ",";
      };
      if (std::any_of(words.begin(), words.end(), names_it))
        text += fmt::format("{}: {}\n", row.front(), row.back());
    }
    if (!text.empty()) text.pop_back();
    all.push_back({code.front(), "exit code", text});
  }
}

std::vector<Explanation> all_explanations() {
  std::vector<Explanation> all;
  add_checks(all);
  for (const Figure& figure : figures()) {
    if (find_check(figure.name) != nullptr) continue;
    all.push_back({std::string(figure.name), "figure",
                   fmt::format("{}{} (unit: {}). Limit it with [[expect]] or --expect.",
                               static_cast<char>(std::toupper(static_cast<unsigned char>(figure.meaning[0]))),
                               figure.meaning.substr(1), figure.unit)});
  }
  for (const DoubtRow& doubt : doubt_rows()) {
    all.push_back({std::string(doubt.word), "doubt",
                   fmt::format("Calls or events {}. A doubt makes a run inconclusive.", doubt.meaning)});
  }
  add_exit_codes(all);
  for (const WindowsCode& code : windows_codes) {
    all.push_back({fmt::format("{}", code.code), "Windows error",
                   fmt::format("{}: {}. {}", code.name, code.words, code.when)});
  }
  for (const TableRow& row : table_rows(embedded_file("docs/glossary.md"), "word"))
    all.push_back({row.front(), "word", row.back()});
  return all;
}

// The words under which it is found: "observe, enforce" has two, a Windows error also its name.
bool answers_to(const Explanation& one, const std::string& asked) {
  if (lower(one.word) == asked) return true;
  if (one.kind == "Windows error") {
    const auto code = std::find_if(windows_codes.begin(), windows_codes.end(), [&](const WindowsCode& row) {
      return one.word == fmt::format("{}", row.code);
    });
    return lower(code->name) == asked || code->words == asked || asked == "winerror " + one.word ||
           asked == "winerror-" + one.word;
  }
  if (one.kind == "exit code") return asked == "exit " + one.word || asked == "exit code " + one.word;
  const auto words = split(lower(one.word), ", ");
  return one.kind == "word" && std::find(words.begin(), words.end(), asked) != words.end();
}

}  // namespace

std::string_view embedded_file(std::string_view name) {
  const auto& files = embedded_files();
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& file) { return file.name == name; });
  return found == files.end() ? std::string_view() : found->text;
}

std::vector<TableRow> table_rows(std::string_view markdown, std::string_view first_heading) {
  std::vector<TableRow> rows;
  bool wanted = false, inside = false;
  for (const std::string& line : split(markdown, "\n")) {
    if (!line.starts_with("| ")) {
      inside = false;
      continue;
    }
    TableRow row;
    auto cells = split(line, "|");
    for (std::size_t i = 1; i + 1 < cells.size(); ++i) row.push_back(without_marks(cells[i]));
    if (!inside) {
      wanted = row.front() == first_heading;
      inside = true;
    } else if (wanted && !row.front().starts_with("---")) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string exit_codes_of(std::string_view command) {
  for (const TableRow& row : table_rows(embedded_file(exit_codes_page), "command")) {
    const auto names = split(row.front(), ", ");
    if (std::find(names.begin(), names.end(), command) != names.end()) return row.back();
  }
  return "0 done";
}

const std::vector<Explanation>& explanations() {
  static const std::vector<Explanation> all = all_explanations();
  return all;
}

std::vector<Explanation> explain(std::string_view word) {
  std::vector<Explanation> found;
  const std::string asked = lower(word);
  for (const Explanation& one : explanations()) {
    if (answers_to(one, asked)) found.push_back(one);
  }
  return found;
}

}  // namespace holdfast
