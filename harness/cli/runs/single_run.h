// One run: its plan, its directory, its conduct and its verdict. `run` does one, a series does many.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "harness/cli/runs/run_command.h"
#include "harness/conduct/conduct.h"
#include "harness/conduct/run_directory.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Every variant that `command` asks for, never none; one that was named alone is judged, whatever its
// scenario says, since nothing else could be.
Result<std::vector<Variant>> variants_of(const RunCommand& command);

// The command that repeats a run of this variant and seed, but for where it is kept.
std::string command_of(const RunCommand& command, const std::string& variant, std::uint64_t seed);

// A word as a shell takes it.
std::string shell_quoted(const std::string& word);

std::string now_text();  // ISO 8601, UTC
std::string kernel_text();

// The directory that --out names, or a new one under holdfast-runs/.
Result<RunDirectory> claim_directory(const RunCommand& command, const std::string& scenario,
                                     DirectoryKind kind);

// How a person finds a directory that was claimed: as --out names it, else from where he stands.
std::filesystem::path shown_path(const RunCommand& command, const RunDirectory& directory);

// Whether the machine has room for so many runs of it side by side; Code::unsupported with the limit that is too low.
Result<> room_for(const Scenario& scenario, std::uint64_t at_once = 1);

struct SingleRun {
  const RunCommand& command;
  const Variant& variant;
  std::uint64_t seed = 1;
  std::filesystem::path executable;
  std::function<void(const Progress&)> on_progress;
};

struct RunOutcome {
  Summary summary;
  RunEnding ending = RunEnding::finished;
};

// Plans, conducts and judges in `directory`, and says in an error what became of it: a machine that cannot do
// it (Code::unsupported) leaves no directory, a run that broke off leaves what there is.
Result<RunOutcome> perform(const SingleRun& run, RunDirectory& directory);

// The plan of another run of the same: when, where and the run's id are set again.
Plan renewed(Plan plan, const std::filesystem::path& run_directory);

// The same for a plan that is made already.
Result<RunOutcome> perform(const Plan& plan, const std::filesystem::path& executable,
                           const std::function<void(const Progress&)>& on_progress, RunDirectory& directory);

// Keeps only plan and result of a run that is not worth its room. The events go in one step, so that nobody finds
// half of them and takes the run for one that was cut short.
Result<> thin_out(const std::filesystem::path& run_directory);

// This program, to be started as agent and injector.
Result<std::filesystem::path> own_executable();

}  // namespace holdfast
