// What the documentation says of a word: one home for `explain`, for the exit codes in --help, and for the reader.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// A row of a table in Markdown, its cells without marks: | `lost` | *a* page | is {"lost", "a page"}.
using TableRow = std::vector<std::string>;

// The rows of all tables in the page whose first heading cell is `first_heading`, without headings.
std::vector<TableRow> table_rows(std::string_view markdown, std::string_view first_heading);

// "0 no regression, 4 a regression, …": the codes of a command, without those that all share.
std::string exit_codes_of(std::string_view command);

struct Explanation {
  std::string word;  // as it is listed
  std::string kind;  // "check"
  std::string text;
};

// Everything that can be explained: checks, figures, doubts, exit codes, Windows codes, and words of the glossary. Several
// may have the same word.
const std::vector<Explanation>& explanations();

// Those of this word, in any case; a number may have the letters of its family before it ("WinError 32", "exit 2").
std::vector<Explanation> explain(std::string_view word);

}  // namespace holdfast
