#include <fmt/format.h>

#include <algorithm>

#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/summary/sentences.h"
#include "reports/trials/sentences.h"

namespace holdfast {
namespace {

constexpr std::size_t most_trial_rows = 100;

std::string not_passed_part(const TrialsSummary& summary) {
  const auto trials = trials_not_passed(summary);
  if (trials.empty()) return "";
  TableRows rows;
  for (std::size_t at = 0; at < std::min(trials.size(), most_trial_rows); ++at) {
    const Trial& trial = *trials[at];
    rows.push_back({markdown_text(variant_label(summary.plan, trial.variant)), std::to_string(trial.seed),
                    verdict_word(trial.verdict), markdown_text(trial.reason), markdown_code(trial.directory),
                    markdown_code(trial.command)});
  }
  std::string part =
      "\n## Trials that did not pass\n\n" +
      markdown_table({{"Variant"}, {"Seed", Align::right}, {"Verdict"}, {"Why"}, {"Kept in"}, {"Rerun with"}},
                     rows);
  if (trials.size() > rows.size())
    part += fmt::format("\n… and {}.\n", format_counted(trials.size() - rows.size(), "more trial"));
  return part;
}

}  // namespace

std::string render_trials_markdown(const TrialsSummary& summary) {
  const TrialsPlan& plan = summary.plan;
  std::string report = fmt::format("# Validation report: {}\n\n**Verdict: {}**\n\n",
                                   markdown_text(plan.title.empty() ? plan.scenario : plan.title),
                                   verdict_word(summary.verdict));
  for (const auto& reason : summary.reasons) report += fmt::format("- {}\n", markdown_text(reason));
  report += "\n## Trials\n\n" + markdown_table_of_text(trials_head(), trials_rows(summary)) +
            fmt::format("\n{}\n", markdown_text(design_sentence(summary)));
  for (const auto& settings : settings_sentences(summary))
    report += fmt::format("\n{}\n", markdown_text(settings));
  report += summary.variants.size() > 1 ? "\n## Side by side\n\n" : "\n## All trials together\n\n";
  report += markdown_table_of_text(variants_head(summary), variants_rows(summary));
  for (const auto& comparison : summary.comparisons)
    report += fmt::format("\n{}\n", markdown_text(comparison_sentence(summary, comparison)));
  report += fmt::format("\n{}\n", markdown_text(sharing_sentence()));
  if (const auto waived = waived_sentences(summary); !waived.empty()) {
    report += "\n## Waived by the scenario\n\n";
    for (const auto& sentence : waived) report += fmt::format("- {}\n", markdown_text(sentence));
  }
  report += not_passed_part(summary);
  TableRows environment{{"First seed", std::to_string(plan.seed)},
                        {"Started", plan.started_at},
                        {"Kernel", plan.kernel},
                        {"Filesystem", plan.filesystem},
                        {"Holdfast", plan.version},
                        {"Kept", keeping_sentence(summary)}};
  report += "\n## Environment\n\n" + markdown_table_of_text({{"What"}, {"Value"}}, environment);
  return report + "\n## Repeat this series\n\n" + markdown_block(plan.command);
}

}  // namespace holdfast
