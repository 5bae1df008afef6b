#include <fmt/format.h>

#include "reports/compare/render.h"
#include "reports/compare/table.h"
#include "reports/format/terminal_page.h"
#include "reports/summary/sentences.h"

namespace holdfast {

std::string render_comparison_terminal(const Comparison& comparison, bool colour, int columns) {
  TerminalPage page(colour, columns);
  page.labelled("BEFORE", Ink::bold, 8, headline(comparison.before));
  page.labelled("AFTER", Ink::bold, 8, headline(comparison.after));
  page.heading("Conclusion");
  page.paragraph(comparison.conclusion);
  page.heading("Side by side");
  page.table({{""}, {"before", Align::right}, {"after", Align::right}, {"p, ratio", Align::right}},
             comparison_rows(comparison));
  if (!comparison.cautions.empty()) {
    page.heading("Cautions");
    for (const auto& caution : comparison.cautions) page.labelled("-", Ink::plain, 2, caution, 2);
  }
  return std::move(page).text();
}

}  // namespace holdfast
