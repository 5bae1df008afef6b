// Several concurrent runs, each its own `holdfast run`, because a process conducts one run. For runs that mostly
// wait.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace holdfast {

struct SideRun {
  std::vector<std::string> arguments;  // after the program's name
  std::filesystem::path directory;     // the --out directory
  std::string name = {};               // for errors; may be empty
};

struct SideRunsOptions {
  std::filesystem::path executable;
  std::size_t at_once = 1;
  std::function<bool()> stop;  // whether to end; asked a few times a second
  // Both are called from the calling thread: the first a few times a second, the second when the run at `at` has ended.
  std::function<void(std::size_t done)> on_progress;
  std::function<void(std::size_t at)> on_ended;
};

enum class SideRunsEnding { finished, stopped };

// Runs all of them, `at_once` at a time. When stopped, it ends the current runs as Ctrl-C would, and they judge what
// they have; the same happens if this process ends. If a run cannot be carried out (exit codes 64 and 70), its
// message is the error; no process is left then either. One caller at a time.
Result<SideRunsEnding> run_side_by_side(const std::vector<SideRun>& runs, const SideRunsOptions& options);

}  // namespace holdfast
