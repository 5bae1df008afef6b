#include "harness/cli/command_line.h"
#include "harness/cli/judge.h"

namespace holdfast {

int carry_out(const ReportCommand& command) {
  const auto summary = load_summary(command.directory);
  if (!summary) return complain(summary.error());
  if (auto written = write_reports(*summary, command.directory); !written) return complain(written.error());
  show(*summary, command.directory, command.json);
  return 0;
}

}  // namespace holdfast
