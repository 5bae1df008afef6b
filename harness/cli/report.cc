#include <fmt/core.h>

#include <cstdio>
#include <filesystem>

#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/series.h"
#include "harness/cli/subcommand.h"
#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"
#include "reports/run/operations_csv.h"

namespace holdfast {

struct ReportCommand {
  std::string directory;
  bool json = false;
  bool verbose = false;
  bool csv = false;  // the operations instead; writes no report
};

namespace {

int print_operations(const std::filesystem::path& directory) {
  const auto plan = load_plan(directory);
  if (!plan) return complain(plan.error());
  std::error_code ignored;
  if (!std::filesystem::exists(directory / "events", ignored)) {
    return complain({Code::invalid, fmt::format("{} has no events, so its operations are unknown: a trial "
                                                "that passed keeps them with --keep all",
                                                directory.string())});
  }
  const auto history = merge(directory);
  if (!history) return complain(history.error());
  write_operations_csv(*plan, *history,
                       [](std::string_view piece) { std::fwrite(piece.data(), 1, piece.size(), stdout); });
  return 0;
}

}  // namespace

static int carry_out(const ReportCommand& command) {
  if (command.csv && is_series_directory(command.directory)) {
    return complain(
        {Code::invalid,
         fmt::format("{} is a series: give one of its trials, which are in directories named seed-N",
                     command.directory)});
  }
  if (command.csv) return print_operations(command.directory);
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
  show(*summary, directory, {command.json, command.verbose});
  return 0;
}

static void add_options(CLI::App& app, ReportCommand& command) {
  app.add_option("directory", command.directory, "A run directory")->required();
  auto* report_json = app.add_flag("--json", command.json, "Print result.json instead of the summary");
  app.add_flag("--verbose", command.verbose, about_verbose);
  app.add_flag("--csv", command.csv, "Print one row per operation, for your own plots, and write no report")
      ->excludes(report_json);
}

extern const Subcommand report_subcommand{
    "report", "Rewrite report.html, report.md and junit.xml of a stored run, and print its summary",
    add_command<ReportCommand>,
    "  holdfast report runs/after                         rewrite report.html with today's layout\n"
    "  holdfast report runs/after --csv > operations.csv  one row per operation"};

}  // namespace holdfast
