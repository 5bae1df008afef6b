#include "harness/cli/command_line.h"
#include "harness/cli/judge.h"
#include "harness/cli/series.h"

namespace holdfast {

int carry_out(const CheckCommand& command) {
  if (is_series_directory(command.directory)) {
    const auto series = judge_trials(command.directory, Judging::anew);
    if (!series) return complain(series.error());
    show(*series, command.directory, command.json);
    return series->exit_code;
  }
  const auto summary = judge(command.directory);
  if (!summary) return complain(summary.error());
  show(*summary, command.directory, command.json);
  return exit_code(*summary);
}

}  // namespace holdfast
