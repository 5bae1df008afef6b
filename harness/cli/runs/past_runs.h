// The contents of a directory of runs: judged runs, series of trials, and sweeps.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "reports/index/run_list.h"

namespace holdfast {

// Of `directory` and what lies up to three levels below it, newest first; nothing is opened or linked through a symbolic link
// in it. A result that cannot be read is an entry that says why. A series stands for its trials. Links begin with
// `link`, which names `directory` from where the page is, as in href. An error if there is no run.
Result<std::vector<ListedRun>> past_runs(const std::filesystem::path& directory, const std::string& link);

}  // namespace holdfast
