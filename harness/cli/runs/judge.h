// From events to a verdict and its files; the second half of 'run', and all of 'check'.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/scenario/plan/plan.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Merges the events of a run directory, checks them, and writes result.json, report.html, report.md and junit.xml.
// The same events give the same bytes on any machine. `expectations` are added to the plan's own.
Result<Summary> judge(const std::filesystem::path& run_directory,
                      const std::vector<Expectation>& expectations = {});

// The same for a run that has just ended, by its original plan, because the subject could write to the directory. If
// plan.json has changed, that is a doubt, and it is restored.
Result<Summary> judge(const Plan& plan, const std::filesystem::path& run_directory);

// Reads result.json of a run directory, or the file itself if `path` is one.
Result<Summary> load_summary(const std::filesystem::path& path);

// Writes report.html, report.md and junit.xml, with lanes from the events that the directory still has. Does not
// judge.
Result<> report_again(const Summary& summary, const std::filesystem::path& run_directory);

// Prints the summary for people, or result.json.
struct Shown {
  bool json = false;
  bool verbose = false;
};
inline constexpr const char* about_verbose = "Print the whole summary, not only its first lines";
void show(const Summary& summary, const std::filesystem::path& run_directory, Shown shown);

// Prints "holdfast: message" and returns the exit code for it.
int complain(const Error& error);

}  // namespace holdfast
