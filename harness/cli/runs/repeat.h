// A plan that failed once, carried out again: for `replay`, which counts, and `shrink`, which looks for a smaller one.
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
  std::filesystem::path executable;  // that carries it out again
  RunCommand where;                  // its seed, and the directory asked for
};

// Of a run directory, to be repeated below `out`. Code::invalid: it is none, or what it holds did not fail.
Result<FailedRun> load_failed_run(const std::string& directory, const std::string& out);

// What is left of a repetition.
enum class Keep { nothing, if_it_fails };  // if it fails in the same way; else plan and result alone

// Carries out the plan in a new directory and adds to `replays` how it ended, but for a run that was interrupted.
Result<RunEnding> repeat(const Plan& plan, const std::filesystem::path& directory, Keep keep,
                         const std::filesystem::path& executable,
                         const std::function<void(const Progress&)>& on_progress, Replays& replays);

}  // namespace holdfast
