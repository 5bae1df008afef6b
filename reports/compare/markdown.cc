#include <fmt/format.h>

#include "reports/compare/render.h"
#include "reports/compare/table.h"
#include "reports/format/text.h"
#include "reports/summary/sentences.h"

namespace holdfast {

std::string render_comparison_markdown(const Comparison& comparison) {
  TableRows rows = comparison_rows(comparison);
  for (auto& row : rows) {
    for (auto& cell : row) cell = markdown_text(cell);
  }
  std::string page =
      fmt::format("# Before and after\n\n- Before: {}\n- After: {}\n\n**Conclusion:** {}\n\n",
                  markdown_text(headline(comparison.before)), markdown_text(headline(comparison.after)),
                  markdown_text(comparison.conclusion));
  page += markdown_table(
      {{"What"}, {"Before", Align::right}, {"After", Align::right}, {"p or ratio", Align::right}}, rows);
  page +=
      "\n95 % interval: of the rate in the row above (Clopper–Pearson). p: Fisher's exact test, two-sided.\n";
  if (!comparison.cautions.empty()) {
    page += "\n## Cautions\n\n";
    for (const auto& caution : comparison.cautions) page += fmt::format("- {}\n", markdown_text(caution));
  }
  return page;
}

}  // namespace holdfast
