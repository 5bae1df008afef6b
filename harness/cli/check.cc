#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/series.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/explain.h"

namespace holdfast {

struct CheckCommand {
  std::string directory;
  std::vector<std::string> expectations;
  bool json = false;
  bool verbose = false;
};

static int carry_out(const CheckCommand& command) {
  const auto expectations = expectations_of(command.expectations);
  if (!expectations) return complain(expectations.error());
  if (is_series_directory(command.directory)) {
    if (!expectations->empty()) {
      return complain({Code::invalid,
                       "--expect judges a single run: name one trial's directory, or give it to 'holdfast "
                       "run' for a series"});
    }
    const auto series = judge_trials(command.directory, Judging::again);
    if (!series) return complain(series.error());
    show(*series, command.directory, command.json);
    return explained(series->exit_code, series->reasons);
  }
  const auto summary = judge(command.directory, *expectations);
  if (!summary) return complain(summary.error());
  show(*summary, command.directory, {command.json, command.verbose});
  return explained(exit_code(*summary), summary->reasons);
}

static void add_options(CLI::App& app, CheckCommand& command) {
  app.add_option("directory", command.directory, "A run directory")->required();
  app.add_option("--expect", command.expectations, about_expect)->take_all()->allow_extra_args(false);
  app.add_flag("--json", command.json, "Print result.json instead of the summary");
  app.add_flag("--verbose", command.verbose, about_verbose);
}

extern const Subcommand check_subcommand{
    "check", "Judge a stored run again, from its events alone", add_command<CheckCommand>,
    "  holdfast check holdfast-runs/broadcast-8-seed-1    with today's checks\n"
    "  holdfast check runs/after --expect 'lost == 0'     with a threshold that the scenario does not have"};

}  // namespace holdfast
