#include "harness/cli/runs/repeat.h"

#include <fmt/core.h>

#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/series.h"

namespace holdfast {

Result<FailedRun> load_failed_run(const std::string& directory, const std::string& out) {
  if (is_series_directory(directory)) {
    return fail(
        Code::invalid,
        fmt::format("{} is a series: give the directory of a trial in it that did not pass", directory));
  }
  auto plan = load_plan(directory);
  if (!plan) return fail(plan.error());
  const auto summary = load_summary(directory);
  if (!summary) return fail(summary.error());
  const auto failure = failure_of(*summary);
  if (!failure) {
    return fail(
        Code::invalid,
        fmt::format("{}: this run failed no check and missed no expectation, so there is nothing to repeat",
                    directory));
  }
  if (auto room = room_for(plan->scenario); !room) return fail(room.error());
  auto executable = own_executable();
  if (!executable) return fail(executable.error());
  FailedRun failed{std::move(*plan), *failure, std::move(*executable), {}};
  failed.where.out = out;
  failed.where.seed = failed.plan.seed;
  return failed;
}

std::string changed_since(const Plan& plan, const std::filesystem::path& directory) {
  const Subject& subject = plan.scenario.subject;
  std::error_code error;
  const auto then = std::filesystem::last_write_time(directory / "plan.json", error);
  if (error || subject.kind != SubjectKind::command) return {};
  for (const std::string& word : subject.command) {
    const auto file = std::filesystem::path(subject.directory) / word;
    const bool is_file = std::filesystem::is_regular_file(file, error) && !error;
    if (is_file && std::filesystem::last_write_time(file, error) > then && !error) return word;
  }
  return {};
}

Result<RunEnding> repeat(const Plan& plan, const std::filesystem::path& directory, Keep keep,
                         const std::filesystem::path& executable,
                         const std::function<void(const Progress&)>& on_progress, Replays& replays) {
  auto claimed = RunDirectory::create(directory, DirectoryKind::run);
  if (!claimed) return fail(claimed.error());
  const auto outcome = perform(renewed(plan, claimed->path()), executable, on_progress, *claimed);
  if (!outcome) return fail(outcome.error());
  if (outcome->ending != RunEnding::interrupted) replays.add(outcome->summary);
  std::error_code error;
  if (keep == Keep::nothing) {
    std::filesystem::remove_all(claimed->path(), error);
    if (error)
      return fail(Code::failed, fmt::format("cannot remove {}: {}", directory.string(), error.message()));
  } else if (!fails_by(outcome->summary, replays.failure)) {
    if (auto thinned = thin_out(claimed->path()); !thinned) return fail(thinned.error());
  }
  return outcome->ending;
}

}  // namespace holdfast
