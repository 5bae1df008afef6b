// The contents of a directory of runs: judged runs, series of trials, and sweeps.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "reports/index/run_list.h"

namespace holdfast {

// Searches `directory` and up to three levels below it, newest run first, unreadable ones before them; opens and links nothing through a symbolic link
// below it. A result that cannot be read is an entry that says why. The trials of a series are represented by the series.
// Links begin with `link`: `directory` as seen from the page, as in href. An error if there is no run.
Result<std::vector<ListedRun>> past_runs(const std::filesystem::path& directory, const std::string& link);

}  // namespace holdfast
