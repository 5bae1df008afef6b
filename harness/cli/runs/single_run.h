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

// The variants that `command` selects, at least one. A single selected variant is always judged, since nothing else
// could be.
Result<std::vector<Variant>> variants_of(const RunCommand& command);

// The command that repeats a run of this variant and seed, without --out.
std::string command_of(const RunCommand& command, const std::string& variant, std::uint64_t seed);

// A word quoted for a shell.
std::string shell_quoted(const std::string& word);

std::string now_text();  // ISO 8601, UTC
std::string kernel_text();

// The directory that --out names, or a new one under holdfast-runs/.
Result<RunDirectory> claim_directory(const RunCommand& command, const std::string& scenario,
                                     DirectoryKind kind);

// A claimed directory as shown to the user: as given by --out, else relative to the current directory.
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

// Plans, conducts and judges a run in `directory`. On Code::unsupported (the machine cannot run it) no directory is
// left; an aborted run leaves what it has.
Result<RunOutcome> perform(const SingleRun& run, RunDirectory& directory);

// The same plan for another run: sets start time, place and run id afresh.
Plan renewed(Plan plan, const std::filesystem::path& run_directory);

// The same for an existing plan.
Result<RunOutcome> perform(const Plan& plan, const std::filesystem::path& executable,
                           const std::function<void(const Progress&)>& on_progress, RunDirectory& directory);

// Keeps only plan and result of a run that passed. Removes the events in one step, so that half of them are never
// taken for a run that was cut short.
Result<> thin_out(const std::filesystem::path& run_directory);

// This program, to be started as agent and injector.
Result<std::filesystem::path> own_executable();

}  // namespace holdfast
