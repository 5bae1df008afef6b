#include "reports/report_files.h"

namespace holdfast {

const std::vector<RunReport>& run_reports() {
  static const std::vector<RunReport> rows = {
#define HOLDFAST_RUN_REPORT(name, file) {file, render_##name},
#include "reports/run/reports.def"
#undef HOLDFAST_RUN_REPORT
  };
  return rows;
}

const std::vector<TrialsReport>& trials_reports() {
  static const std::vector<TrialsReport> rows = {
#define HOLDFAST_TRIALS_REPORT(name, file) {file, render_trials_##name},
#include "reports/run/reports.def"
#undef HOLDFAST_TRIALS_REPORT
  };
  return rows;
}

}  // namespace holdfast
