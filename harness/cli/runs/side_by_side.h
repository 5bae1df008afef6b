// Several runs at a time, each a `holdfast run` of its own: for those that mostly wait. A process conducts one run.
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
  std::filesystem::path directory;     // that --out names
  std::string name = {};               // for errors; may be empty
};

struct SideRunsOptions {
  std::filesystem::path executable;
  std::size_t at_once = 1;
  std::function<bool()> stop;  // whether to end; asked a few times a second
  // From the calling thread: a few times a second, and when the run at this place has ended.
  std::function<void(std::size_t done)> on_progress;
  std::function<void(std::size_t at)> on_ended;
};

enum class SideRunsEnding { finished, stopped };

// Runs all of them, `at_once` at a time. Told to stop, it ends those under way as Ctrl-C would, and they judge what
// they have; so does the end of this process. An error is what a run that could not be carried out said (exit codes 64
// and 70); no process is left then either. One caller at a time.
Result<SideRunsEnding> run_side_by_side(const std::vector<SideRun>& runs, const SideRunsOptions& options);

}  // namespace holdfast
