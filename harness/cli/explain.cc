// What a code, a check, a figure, a doubt or a word means: from the rows and pages that define it.
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/nearest_name.h"
#include "harness/cli/reference/reference.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/subcommand.h"
#include "reports/format/text.h"

namespace holdfast {

struct ExplainCommand {
  std::vector<std::string> words;
};

static void list_words() {
  constexpr std::size_t columns = 80;
  std::vector<std::pair<std::string, std::string>> kinds;  // in order of appearance
  for (const Explanation& one : explanations()) {
    if (kinds.empty() || kinds.back().first != one.kind) kinds.emplace_back(one.kind, "");
    std::string& words = kinds.back().second;
    words.append(words.empty() ? "" : ", ").append(one.word);
  }
  for (const auto& [kind, words] : kinds)
    fmt::print("{}", wrapped(fmt::format("{}: {}", kind, words), columns, "", "  "));
}

static int carry_out(const ExplainCommand& command) {
  constexpr std::size_t columns = 80;
  if (command.words.empty()) {
    list_words();
    return 0;
  }
  std::string word;
  for (const std::string& part : command.words) word += (word.empty() ? "" : " ") + part;
  const auto found = explain(word);
  if (found.empty()) {
    std::vector<std::string_view> known;
    for (const Explanation& one : explanations()) known.push_back(one.word);
    return complain(
        {Code::invalid, fmt::format("nothing is known about '{}'{}; 'holdfast explain' lists all words",
                                    one_line(word), nearest_hint(word, known, '\''))});
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i != 0) fmt::print("\n");
    fmt::print("{} ({})\n", found[i].word, found[i].kind);
    std::string rest = found[i].text;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      fmt::print("{}", wrapped(rest.substr(0, end), columns, "  ", "  "));
      rest.erase(0, std::min(end + 1, rest.size()));
    }
  }
  return 0;
}

static void add_options(CLI::App& app, ExplainCommand& command) {
  app.add_option("word", command.words, "A code, check, figure, doubt or word; none: list them all");
}

extern const Subcommand explain_subcommand{
    "explain", "Say what a code, a check, a figure or a word means", add_command<ExplainCommand>,
    "  holdfast explain 32                 a Windows error, as programs and reports show it\n"
    "  holdfast explain orphan-temp        a check: what it proves, and when it fails\n"
    "  holdfast explain wait.p99           a figure that --expect may name\n"
    "  holdfast explain                    list all words"};

}  // namespace holdfast
