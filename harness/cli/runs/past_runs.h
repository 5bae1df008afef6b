// The contents of a directory of runs: judged runs, series of trials, and sweeps.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "reports/index/run_list.h"

namespace holdfast {

// Searches `directory` and up to three levels below it, following no symbolic links. What cannot be read is left out.
// Addresses are below `/runs/`. The trials of a series are represented by the series. Ends early when `give_up`,
// called for each directory, returns true.
std::vector<ListedRun> past_runs(const std::filesystem::path& directory,
                                 const std::function<bool()>& give_up);

// Whether this is a file of a report, or one that reports link to.
bool is_report_file(std::string_view name);

}  // namespace holdfast
