#include <fmt/format.h>

#include "reports/exec/group_text.h"
#include "reports/exec/render.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"

namespace holdfast {

std::string exec_markdown(const ExecReport& report) {
  std::string command;
  for (const std::string& word : report.command) command += (command.empty() ? "" : " ") + word;
  std::string page =
      fmt::format("# {}\n\n{}\n", markdown_code(command), markdown_text(exec_headline(report)));
  std::string suppressions;
  for (const ExecGroup& group : group_refusals(report)) {
    const GroupText text = group_text(report, group);
    page += fmt::format("\n## {} × {}\n\n- **file:** {}\n", format_count(group.count),
                        markdown_text(text.call), markdown_code(text.file));
    for (const auto& [label, line] : text.lines)
      page += fmt::format("- **{}:** {}\n", label, markdown_text(line));
    suppressions += text.suppression + "\n";
  }
  const auto notes = exec_notes(report);
  if (!notes.empty()) page += "\n## Notes\n\n";
  for (const std::string& note : notes) page += fmt::format("- {}\n", markdown_text(note));
  if (!suppressions.empty())
    page += "\n## To suppress\n\nLines for `--suppress FILE`:\n\n" + markdown_block(suppressions) + "\n";
  return page;
}

}  // namespace holdfast
