// What lies in a directory of runs: those that were judged, series of trials, and sweeps.
#pragma once

#include <filesystem>
#include <vector>

#include "reports/run_list.h"

namespace holdfast {

// Of `directory` and what lies up to three levels below it; nothing is followed out of it. What cannot be read is left
// out. Addresses are below `/runs/`. Trials of a series are told by the series alone.
std::vector<ListedRun> past_runs(const std::filesystem::path& directory);

// Whether it is a file that reports consist of and link to.
bool is_report_file(std::string_view name);

}  // namespace holdfast
