// Renderers of one run: pure, the same input gives the same bytes. One file per format. Each escapes text from subjects.
#pragma once

#include <string>
#include <utility>

#include "reports/summary/summary.h"

namespace holdfast {

struct Timeline;  // reports/page/timeline.h

// What a run's reports are made of. Without a timeline the page has no lanes, and says why.
struct ReportInput {
  ReportInput(const Summary& the_summary, const Timeline* the_timeline = nullptr, std::string why = {})
      : summary(the_summary), timeline(the_timeline), why_not(std::move(why)) {}

  const Summary& summary;
  const Timeline* timeline;
  std::string why_not;
};

#define HOLDFAST_RUN_REPORT(name, file) std::string render_##name(const ReportInput& input);
#include "reports/run/reports.def"
#undef HOLDFAST_RUN_REPORT

// No line is wider than `columns` (at least 40), except the command to repeat, which is meant for copying.
std::string render_terminal(const Summary& summary, bool colour, int columns);

// The answer first, and little more: about eight lines for a run that passed, twenty for one that failed.
std::string render_brief(const Summary& summary, bool colour, int columns);

}  // namespace holdfast
