#include <fmt/format.h>

#include "reports/format/text.h"
#include "reports/sweep/sentences.h"

namespace holdfast {
std::string render_sweep_markdown(const Sweep& sweep) {
  const SweepPlan& plan = sweep.plan;
  std::string report =
      fmt::format("# Holds survived: {}\n\n", markdown_text(plan.title.empty() ? plan.scenario : plan.title));
  for (std::size_t at = 0; at < sweep.curves.size(); ++at)
    report += fmt::format("- {}\n", markdown_text(edge_sentence(sweep, at)));
  if (!sweep.complete) report += fmt::format("- {}\n", markdown_text(short_sweep_sentence()));
  for (std::size_t at = 0; at < sweep.curves.size(); ++at) {
    const SweepCurve& curve = sweep.curves[at];
    report += fmt::format("\n## {}\n\n", markdown_text(sweep_label(sweep, at)));
    report += markdown_table_of_text(sweep_head(), sweep_rows(curve));
    if (!curve.example.empty())
      report += fmt::format("\nA failed run at the edge: {}\n", markdown_code(curve.example));
  }
  report += fmt::format("\n{}\n", markdown_text(sweep_design_sentence(sweep)));
  const TableRows environment{{"Started", plan.started_at},
                              {"Kernel", plan.kernel},
                              {"Filesystem", plan.filesystem},
                              {"Holdfast", plan.version}};
  report += "\n## Environment\n\n" + markdown_table_of_text({{"What"}, {"Value"}}, environment);
  return report + "\n## Repeat this sweep\n\n" + markdown_block(plan.command);
}

}  // namespace holdfast
