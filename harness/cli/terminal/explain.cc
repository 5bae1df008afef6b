#include "harness/cli/terminal/explain.h"

#include <fmt/core.h>

#include <cstdio>

#include "harness/cli/terminal/terminal.h"
#include "harness/scenario/expect_expression.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"

namespace holdfast {
namespace {

constexpr std::size_t most_reason_columns = 400;

// The line says it once.
std::string without_prefix(const std::string& reason) {
  constexpr std::string_view said = "expectation missed: ";
  return reason.starts_with(said) ? reason.substr(said.size()) : reason;
}

const char* meaning_of(int exit_code) {
  switch (exit_code) {
    case 1:
      return "failed";
    case 2:
      return "inconclusive";
    case 3:
      return "a threshold was missed";
    default:
      return "a regression";
  }
}

}  // namespace

Result<std::vector<Expectation>> expectations_of(const std::vector<std::string>& texts) {
  std::vector<Expectation> expectations;
  for (const std::string& text : texts) {
    auto expectation = parse_expectation(text);
    if (!expectation) return fail(expectation.error());
    expectations.push_back(std::move(*expectation));
  }
  return expectations;
}

int explained(int exit_code, const std::vector<std::string>& reasons) {
  if (exit_code == 0) return 0;
  std::string line;
  // Thresholds and regressions are all told; of what failed the gravest, for it may come to pages.
  const bool all = exit_code == 3 || exit_code == 4;
  for (std::size_t at = 0; at < reasons.size() && (all || at == 0); ++at) {
    line += (at == 0 ? "" : "; ") + (all ? one_line(without_prefix(reasons[at]))
                                         : cut_to(one_line(reasons[at]), most_reason_columns));
  }
  if (!all && reasons.size() > 1)
    line += fmt::format(" (and {})", format_counted(reasons.size() - 1, "more reason"));
  say_error(fmt::format("{}: {}", meaning_of(exit_code), line));
  return exit_code;
}

}  // namespace holdfast
