// From events to a verdict and its files; the second half of 'run', and all of 'check'.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/scenario/plan/plan.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Merges the events of a run directory, checks them, and writes result.json, report.html, report.md and
// junit.xml. The same events give the same bytes, here or elsewhere. `expectations` are added to the plan's own.
Result<Summary> judge(const std::filesystem::path& run_directory,
                      const std::vector<Expectation>& expectations = {});

// The same of a run that has just ended, by the plan that it began with: whoever was judged could write to the directory. If
// plan.json is another one now, that is a doubt, and it is put back.
Result<Summary> judge(const Plan& plan, const std::filesystem::path& run_directory);

// Reads result.json of a run directory, or the file itself if `path` is one.
Result<Summary> load_summary(const std::filesystem::path& path);

// report.html, report.md and junit.xml; the lanes from what the directory has of the run's events. Judges
// nothing.
Result<> report_again(const Summary& summary, const std::filesystem::path& run_directory);

// Prints the summary for people, or result.json.
void show(const Summary& summary, const std::filesystem::path& run_directory, bool json);

// Prints "holdfast: message" and returns the exit code for it.
int complain(const Error& error);

}  // namespace holdfast
