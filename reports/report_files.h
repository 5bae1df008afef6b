// The reports that a run and a series write beside their results: a format is a renderer and a row here. The rows
// determine what is written, rewritten, and thinned out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/page/timeline.h"
#include "reports/summary/summary.h"
#include "reports/trials/trials.h"

namespace holdfast {

// The input of a run's reports. Without a timeline the page has no lanes, and says why.
struct ReportInput {
  const Summary& summary;
  const Timeline* timeline = nullptr;
  std::string why_not{};
};

struct RunReport {
  std::string_view file;  // in the run directory
  std::string (*render)(const ReportInput& input);
};
const std::vector<RunReport>& run_reports();

struct TrialsReport {
  std::string_view file;  // in the directory of the series
  std::string (*render)(const TrialsSummary& summary);
};
const std::vector<TrialsReport>& trials_reports();

}  // namespace holdfast
