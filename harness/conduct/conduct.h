// Runs a plan: spawns the crowd, releases it at once, keeps deadlines, and leaves a run directory behind that
// `merge` can read however the run ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/scenario/plan.h"

namespace holdfast {

struct AgentProgress {
  std::uint32_t ok = 0, failed = 0;  // broadcasts that were answered
};

struct RefusedBy {
  std::string name;  // an injector's; "other agents", "the caller itself", "others"
  std::uint64_t refusals = 0;
};

struct Progress {
  const char* phase = "";  // "starting", "broadcasting", …
  std::uint64_t done = 0;  // broadcasts completed, out of `total`
  std::uint64_t total = 0;
  std::uint64_t failed = 0;
  std::uint64_t refused = 0;
  std::uint64_t retries = 0;
  std::vector<AgentProgress> agents;  // by id
  std::vector<RefusedBy> refused_by;  // most first; a call that several held is counted for each
  double elapsed_s = 0;
};

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
