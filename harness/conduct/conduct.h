// Runs a plan: spawns the crowd, releases it at once, enforces deadlines, and leaves a run directory that `merge` can
// read no matter how the run ended.
#pragma once

#include <filesystem>
#include <functional>

#include "core/base/result.h"
#include "harness/conduct/run_progress.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

enum class RunEnding { finished, interrupted, timed_out };

struct ConductOptions {
  std::filesystem::path executable;                  // this program, which also runs as agent and injector
  std::function<void(const Progress&)> on_progress;  // called a few times a second; may be empty
};

// `run_directory` must exist and hold plan.json; see RunDirectory::create(). SIGINT and SIGTERM end the run cleanly
// (Mark::interrupted), so they must not be handled elsewhere during it. When this returns, no process of the run is
// left. An error means that the run could not be carried out or recorded; what happened to agents is history, not an
// error. Runs on the calling thread; one run at a time in a process.
Result<RunEnding> conduct(const Plan& plan, const std::filesystem::path& run_directory,
                          const ConductOptions& options);

}  // namespace holdfast
