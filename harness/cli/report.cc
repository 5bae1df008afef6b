#include "harness/cli/command_line.h"
#include "harness/cli/judge.h"
#include "harness/cli/series.h"

namespace holdfast {

int carry_out(const ReportCommand& command) {
  if (is_series_directory(command.directory)) {
    const auto series = judge_trials(command.directory, Judging::stored);
    if (!series) return complain(series.error());
    show(*series, command.directory, command.json);
    return 0;
  }
  const auto summary = load_summary(command.directory);
  if (!summary) return complain(summary.error());
  std::error_code ignored;
  std::filesystem::path directory = command.directory;
  if (!std::filesystem::is_directory(directory, ignored))
    directory = directory.parent_path();  // result.json was named
  if (auto written = report_again(*summary, directory); !written) return complain(written.error());
  show(*summary, directory, command.json);
  return 0;
}

}  // namespace holdfast
