// Repeats a failed plan: for `replay`, which counts failures, and `shrink`, which looks for a smaller plan.
#pragma once

#include <filesystem>
#include <string>

#include "harness/cli/runs/run_command.h"
#include "harness/cli/runs/single_run.h"
#include "harness/scenario/plan/plan.h"
#include "reports/trials/replays.h"

namespace holdfast {

struct FailedRun {
  Plan plan;
  Failure failure;
  std::filesystem::path executable;  // the program that repeats it
  RunCommand where;                  // its seed, and the requested directory
};

// Loads a run directory, to be repeated below `out`. Code::invalid: not a run directory, or the run did not fail.
Result<FailedRun> load_failed_run(const std::string& directory, const std::string& out);

// A file of the subject's command that has changed since the run in `directory`, which then tells little; else empty.
std::string changed_since(const Plan& plan, const std::filesystem::path& directory);

// What is left of a repetition.
enum class Keep { nothing, if_it_fails };  // if it fails in the same way; else only plan and result

// Runs the plan in a new directory and adds its ending to `replays`, unless it was interrupted.
Result<RunEnding> repeat(const Plan& plan, const std::filesystem::path& directory, Keep keep,
                         const std::filesystem::path& executable,
                         const std::function<void(const Progress&)>& on_progress, Replays& replays);

}  // namespace holdfast
