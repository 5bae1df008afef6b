#include "harness/cli/command_line.h"
#include "harness/cli/explain.h"
#include "harness/cli/judge.h"
#include "harness/cli/series.h"

namespace holdfast {

int carry_out(const CheckCommand& command) {
  const auto expectations = expectations_of(command.expectations);
  if (!expectations) return complain(expectations.error());
  if (is_series_directory(command.directory)) {
    if (!expectations->empty()) {
      return complain(
          {Code::invalid,
           "--expect judges one run: give it to 'holdfast run' for a series, or name one trial's directory"});
    }
    const auto series = judge_trials(command.directory, Judging::anew);
    if (!series) return complain(series.error());
    show(*series, command.directory, command.json);
    return explained(series->exit_code, series->reasons);
  }
  const auto summary = judge(command.directory, *expectations);
  if (!summary) return complain(summary.error());
  show(*summary, command.directory, command.json);
  return explained(exit_code(*summary), summary->reasons);
}

}  // namespace holdfast
