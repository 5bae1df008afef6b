// A case for each group of refusals, which fails; and one for the gate: was anything judged at all?
#include <fmt/format.h>

#include "reports/exec/group_text.h"
#include "reports/exec/render.h"
#include "reports/exec/words.h"
#include "reports/format/junit_suite.h"
#include "reports/format/number_format.h"

namespace holdfast {

std::string exec_junit(const ExecReport& report) {
  std::string command;
  for (const std::string& word : report.command) command += (command.empty() ? "" : " ") + word;
  JunitDocument document("exec", static_cast<double>(report.duration_ns) * 1e-9, "");
  add_property(document.properties(), "command", command);
  JunitSuite& suite = document.suite();
  for (const ExecGroup& group : group_refusals(report)) {
    const GroupText text = group_text(report, group);
    std::string message = fmt::format("{}, {}", text.call, format_counted(group.count, "time"));
    for (const auto& [label, line] : text.lines) message += fmt::format("; {}: {}", label, line);
    suite.failure(suite.testcase("refusals", fmt::format("{} {}", call_word(group.key.call), text.file)),
                  fmt::format("WinError {}", group.key.code), message);
  }
  auto judged = suite.testcase("gate", "calls were judged");
  if (nothing_judged(report)) {
    suite.error(judged, "nothing-judged", exec_headline(report));
  } else if (counted_unjudged(report) > 0) {
    suite.error(judged, "unjudged", unjudged_sentence(report));
  }
  return document.bytes();
}

}  // namespace holdfast
