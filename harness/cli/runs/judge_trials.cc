#include <fmt/core.h>
#include <unistd.h>

#include <fstream>

#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/series.h"
#include "harness/cli/terminal/terminal.h"
#include "harness/conduct/run_directory.h"
#include "harness/scenario/input_file.h"
#include "reports/report_files.h"

namespace holdfast {
namespace {

constexpr const char* plan_name = "trials-plan.json";

Result<TrialsPlan> load_trials_plan(const std::filesystem::path& directory) {
  const auto path = directory / plan_name;
  constexpr std::size_t most_bytes = 4 << 20;
  const auto text = read_input(path, most_bytes);
  if (!text)
    return fail(Code::invalid, fmt::format("cannot read {}: is this a series of trials?", path.string()));
  return parse_trials_plan(*text, path.string());
}

// None: the trial was never begun.
Result<std::optional<Trial>> trial_in(const std::filesystem::path& series, const TrialsPlan& plan,
                                      std::size_t variant, std::uint64_t seed, Judging judging) {
  const std::string name = trial_directory(plan, variant, seed);
  const auto directory = series / name;
  std::error_code ignored;
  const bool whole = std::filesystem::exists(directory / "events", ignored);
  const bool judged = std::filesystem::exists(directory / "result.json", ignored);
  // Killed before its plan was written, it did not begin.
  if (!judged && !std::filesystem::exists(directory / "plan.json", ignored)) return std::optional<Trial>();
  const bool again = whole && (judging == Judging::again || !judged);
  const auto summary = again ? judge(directory) : load_summary(directory);
  if (!summary) return fail(summary.error());
  return trial_of(*summary, variant, name);
}

}  // namespace

bool is_series_directory(const std::filesystem::path& directory) {
  std::error_code ignored;
  return std::filesystem::exists(directory / plan_name, ignored);
}

Result<TrialsSummary> judge_trials(const std::filesystem::path& directory, Judging judging) {
  auto plan = load_trials_plan(directory);
  if (!plan) return fail(plan.error());
  std::vector<Trial> trials;
  for (std::size_t variant = 0; variant < plan->variants.size(); ++variant) {
    for (std::uint64_t number = 0; number < plan->trials; ++number) {
      auto trial = trial_in(directory, *plan, variant, plan->seed + number, judging);
      if (!trial) return fail(trial.error());
      if (!*trial) break;  // they were run in this order
      trials.push_back(std::move(**trial));
    }
  }
  TrialsSummary summary = summarise_trials(std::move(*plan), std::move(trials));
  if (auto written = write_result_file(directory / "trials.json", to_json(summary)); !written)
    return fail(written.error());
  for (const TrialsReport& report : trials_reports()) {
    if (auto written = write_result_file(directory / report.file, report.render(summary)); !written)
      return fail(written.error());
  }
  return summary;
}

void show(const TrialsSummary& summary, const std::filesystem::path& directory, bool json) {
  if (json) {
    fmt::print("{}", to_json(summary));
  } else {
    show_page(render_trials_terminal(summary, colour_wanted(STDOUT_FILENO), columns_of(STDOUT_FILENO)),
              directory / "report.html");
  }
}

}  // namespace holdfast
