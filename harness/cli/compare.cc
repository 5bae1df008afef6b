#include <fmt/core.h>
#include <unistd.h>

#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/series.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/terminal.h"
#include "harness/conduct/run_directory.h"
#include "reports/compare/compare.h"
#include "reports/compare/render.h"

namespace holdfast {

struct CompareCommand {
  std::string before, after;   // run directories, or their result.json
  std::string markdown, html;  // files to write; empty: none
  bool json = false;
};

static int carry_out(const CompareCommand& command) {
  for (const std::string& side : {command.before, command.after}) {
    if (is_series_directory(side))
      return complain(
          {Code::invalid,
           fmt::format("{} is a series of trials: name one of its trials, compare series with 'holdfast "
                       "gate', or run both as variants of one scenario",
                       side)});
  }
  auto before = load_summary(command.before);
  if (!before) return complain(before.error());
  auto after = load_summary(command.after);
  if (!after) return complain(after.error());
  const Comparison comparison = compare(std::move(*before), std::move(*after));
  if (!command.markdown.empty()) {
    auto written = write_output_file(command.markdown, render_comparison_markdown(comparison));
    if (!written) return complain(written.error());
  }
  if (!command.html.empty()) {
    auto written = write_output_file(command.html, render_comparison_html(comparison));
    if (!written) return complain(written.error());
  }
  fmt::print("{}", command.json ? to_json(comparison)
                                : render_comparison_terminal(comparison, colour_wanted(STDOUT_FILENO),
                                                             columns_of(STDOUT_FILENO)));
  return 0;
}

static void add_options(CLI::App& app, CompareCommand& command) {
  app.add_option("before", command.before, "A run directory or result.json")->required();
  app.add_option("after", command.after, "A run directory or result.json")->required();
  app.add_option("--markdown", command.markdown, "Also write the comparison to this file");
  app.add_option("--html", command.html, "Also write an HTML page with both runs side by side to this file");
  app.add_flag("--json", command.json, "Print JSON instead of the table");
}

extern const Subcommand compare_subcommand{
    "compare", "Compare two runs: rates with intervals, Fisher's p, waits", add_command<CompareCommand>,
    "  holdfast compare runs/before runs/after\n"
    "  holdfast compare runs/before runs/after --html compare.html --markdown compare.md"};

}  // namespace holdfast
