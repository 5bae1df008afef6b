// Runs a plan: spawns the crowd, releases it at once, keeps deadlines, and leaves a run directory behind that
// `merge` can read however the run ended.
#pragma once

#include <filesystem>
#include <functional>

#include "core/base/result.h"
#include "harness/conduct/run_progress.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

enum class RunEnding { finished, interrupted, timed_out };

struct ConductOptions {
  std::filesystem::path executable;                  // this program, which is agent and injector as well
  std::function<void(const Progress&)> on_progress;  // called a few times a second; may be empty
};

// `run_directory` must exist and hold plan.json; see open_run_directory(). SIGINT and SIGTERM end the run in
// good order (Mark::interrupted), so they must not be handled elsewhere meanwhile. When this returns, no
// process of the run is left. An error means that the run could not be carried out or written down; what
// happened to agents is no error but history. Runs on the calling thread; one run at a time in a process.
Result<RunEnding> conduct(const Plan& plan, const std::filesystem::path& run_directory,
                          const ConductOptions& options);

}  // namespace holdfast
