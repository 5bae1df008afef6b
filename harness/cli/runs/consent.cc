#include "harness/cli/runs/consent.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "harness/cli/runs/single_run.h"
#include "reports/format/text.h"

namespace holdfast {
namespace {

std::string words_of(const Subject& subject) {
  std::string line;
  for (const auto& [name, value] : subject.environment)
    line += fmt::format("{}={} ", name, shell_quoted(value));
  for (const std::string& word : subject.command) line += shell_quoted(word) + " ";
  if (!line.empty()) line.pop_back();
  return one_line(line);
}

bool answered_yes() {
  std::array<char, 16> answer{};
  if (std::fgets(answer.data(), static_cast<int>(answer.size()), stdin) == nullptr) return false;
  return answer[0] == 'y' || answer[0] == 'Y';
}

}  // namespace

Result<> consent_to_run(const Plan& plan, bool yes, bool quiet) {
  const Subject& subject = plan.scenario.subject;
  if (subject.kind != SubjectKind::command) return {};
  const std::string command = words_of(subject);
  const bool can_ask = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  if (!yes && !can_ask) {
    return fail(Code::invalid,
                fmt::format("the plan runs a command: {}; add --yes if you trust it", command));
  }
  if (!yes || !quiet) fmt::print(stderr, "holdfast: the plan runs a command: {}\n", command);
  if (yes) return {};
  fmt::print(stderr, "Run it? [y/N] ");
  std::fflush(stderr);
  return answered_yes() ? Result<>() : fail(Code::invalid, "the command was not run");
}

}  // namespace holdfast
