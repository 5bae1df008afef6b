#include "reports/format/terminal_page.h"
#include "reports/sweep/sentences.h"

namespace holdfast {

std::string render_sweep_terminal(const Sweep& sweep, bool colour, int columns) {
  TerminalPage page(colour, columns);
  page.labelled("SWEEP", Ink::bold, 7, sweep_headline(sweep));
  for (std::size_t at = 0; at < sweep.curves.size(); ++at)
    page.labelled("-", Ink::plain, 2, edge_sentence(sweep, at), 2);
  if (!sweep.complete) page.labelled("-", Ink::doubtful, 2, short_sweep_sentence(), 2);
  for (std::size_t at = 0; at < sweep.curves.size(); ++at) {
    page.heading(sweep_label(sweep, at));
    page.table(sweep_head(), sweep_rows(sweep.curves[at]));
    if (sweep.curves[at].example.empty()) continue;
    page.paragraph("A failed run at the edge:");
    page.raw_line(sweep.curves[at].example);
  }
  page.heading("How to read it");
  page.paragraph(sweep_design_sentence(sweep));
  page.heading("Repeat this sweep");
  page.raw_line(sweep.plan.command);
  return std::move(page).text();
}

}  // namespace holdfast
