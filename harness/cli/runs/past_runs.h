// What lies in a directory of runs: those that were judged, series of trials, and sweeps.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "reports/index/run_list.h"

namespace holdfast {

// Of `directory` and what lies up to three levels below it; no symbolic link is followed. What cannot be read is left
// out. Addresses are below `/runs/`. Trials of a series are told by the series alone. It ends early when `give_up` says
// so, which is asked for each directory.
std::vector<ListedRun> past_runs(const std::filesystem::path& directory,
                                 const std::function<bool()>& give_up);

// Whether it is a file that reports consist of and link to.
bool is_report_file(std::string_view name);

}  // namespace holdfast
