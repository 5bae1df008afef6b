// The rows of run/reports.def: which reports a run and a series have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/run/render.h"
#include "reports/trials/trials.h"

namespace holdfast {

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
