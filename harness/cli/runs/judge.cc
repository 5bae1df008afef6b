#include "harness/cli/runs/judge.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "harness/check/check.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/terminal/terminal.h"
#include "harness/conduct/run_directory.h"
#include "harness/history/doubt.h"
#include "harness/history/history.h"
#include "harness/scenario/input_file.h"
#include "harness/scenario/plan/plan.h"
#include "reports/format/text.h"
#include "reports/page/timeline.h"
#include "reports/report_files.h"
#include "reports/run/render.h"

namespace holdfast {

namespace {

Result<> write_reports(const std::filesystem::path& run_directory, const ReportInput& input) {
  for (const RunReport& report : run_reports()) {
    if (auto written = write_result_file(run_directory / report.file, report.render(input)); !written)
      return written;
  }
  return {};
}

Result<Summary> judged(const Plan& plan, const History& history, const std::filesystem::path& run_directory) {
  Summary summary = summarise(plan, history, run_checks(plan, history));
  if (auto written = write_result_file(run_directory / "result.json", to_json(summary)); !written)
    return fail(written.error());
  const Timeline timeline = timeline_of(plan, history);
  if (auto written = write_reports(run_directory, {summary, &timeline}); !written)
    return fail(written.error());
  return summary;
}

}  // namespace

Result<Summary> judge(const std::filesystem::path& run_directory,
                      const std::vector<Expectation>& expectations) {
  auto plan = load_plan(run_directory);
  if (!plan) return fail(plan.error());
  plan->scenario.expectations.insert(plan->scenario.expectations.end(), expectations.begin(),
                                     expectations.end());
  std::error_code ignored;
  if (!std::filesystem::exists(run_directory / "events", ignored) &&
      std::filesystem::exists(run_directory / "result.json", ignored)) {
    return fail(Code::invalid,
                fmt::format("{} has no events: a trial that passed does not keep them, unless the series ran "
                            "with --keep all; 'holdfast report' shows its result",
                            run_directory.string()));
  }
  auto history = merge(run_directory);
  if (!history) return fail(history.error());
  return judged(*plan, *history, run_directory);
}

Result<Summary> judge(const Plan& plan, const std::filesystem::path& run_directory) {
  constexpr std::size_t most_bytes = 64U << 20U;
  const auto file = run_directory / "plan.json";
  const std::string text = to_json(plan);
  const auto begun_with = parse_plan(text, file.string());  // as 'check' will read it
  if (!begun_with) return fail(begun_with.error());
  auto merged = merge(run_directory);
  if (!merged && merged.error().code == Code::failed) return fail(merged.error());
  History history = merged ? std::move(*merged) : History{};
  if (!merged) {
    history.doubts.push_back({DoubtKind::missing_record,
                              "the record of the run was removed or damaged during "
                              "the run: " +
                                  merged.error().message});
  }
  if (const auto now = read_input(file, most_bytes); !now || *now != text) {
    std::error_code ignored;
    if (std::filesystem::is_directory(std::filesystem::symlink_status(file, ignored)))
      std::filesystem::remove_all(file, ignored);
    history.doubts.push_back({DoubtKind::changed_plan,
                              "plan.json was changed or removed during the run: the run is judged by its "
                              "original plan, which has been restored"});
    if (auto written = write_result_file(file, text); !written) return fail(written.error());
  }
  return judged(*begun_with, history, run_directory);
}

Result<> report_again(const Summary& summary, const std::filesystem::path& run_directory) {
  const auto without_lanes = [&](const std::string& why) {
    return write_reports(
        run_directory,
        {summary, nullptr, "The timeline is drawn from the run's events, which are not available: " + why});
  };
  std::error_code ignored;
  if (!std::filesystem::exists(run_directory / "events", ignored))
    return without_lanes("a trial that passed does not keep them.");
  const auto plan = load_plan(run_directory);
  if (!plan) return without_lanes(plan.error().message);
  const auto history = merge(run_directory);
  if (!history) return without_lanes(history.error().message);
  const Timeline timeline = timeline_of(*plan, *history);
  return write_reports(run_directory, {summary, &timeline});
}

Result<Summary> load_summary(const std::filesystem::path& path) {
  constexpr std::uintmax_t most_bytes = 256U << 20U;
  std::error_code error;
  const auto file_name = std::filesystem::is_directory(path, error) ? path / "result.json" : path;
  const auto size = std::filesystem::file_size(file_name, error);
  if (error) {
    return fail(Code::invalid,
                fmt::format("cannot read {}: {}: give a run directory; 'holdfast check' writes its "
                            "result.json again",
                            file_name.string(), error.message()));
  }
  if (size > most_bytes)
    return fail(Code::invalid, fmt::format("{} is larger than 256 MiB, so it is not a result of Holdfast",
                                           file_name.string()));
  std::ifstream file(file_name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return parse_summary(text.str(), file_name.string());
}

void show(const Summary& summary, const std::filesystem::path& run_directory, Shown shown) {
  if (shown.json) {
    fmt::print("{}", to_json(summary));
  } else {
    show_page((shown.verbose ? render_terminal : render_brief)(summary, colour_wanted(STDOUT_FILENO),
                                                               columns_of(STDOUT_FILENO)),
              run_directory / "report.html");
    if (const int code = exit_code(summary); code == 1 || code == 3)
      fmt::print("replay this plan: holdfast replay {}\n", one_line(shell_quoted(run_directory.string())));
  }
}

int complain(const Error& error) {
  say_error(error.message);
  return error.code == Code::invalid || error.code == Code::not_found ? exit_usage : exit_internal;
}

}  // namespace holdfast
