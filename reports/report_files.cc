#include "reports/report_files.h"

#include "reports/page/html.h"
#include "reports/run/render.h"

namespace holdfast {

const std::vector<RunReport>& run_reports() {
  static const std::vector<RunReport> rows = {
      {"report.md", [](const ReportInput& input) { return render_markdown(input.summary); }},
      {"report.html",
       [](const ReportInput& input) { return render_html(input.summary, input.timeline, input.why_not); }},
      {"junit.xml", [](const ReportInput& input) { return render_junit(input.summary); }},
  };
  return rows;
}

const std::vector<TrialsReport>& trials_reports() {
  static const std::vector<TrialsReport> rows = {{"report.md", render_trials_markdown},
                                                 {"report.html", render_trials_html},
                                                 {"junit.xml", render_trials_junit}};
  return rows;
}

}  // namespace holdfast
