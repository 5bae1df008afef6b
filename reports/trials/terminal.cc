#include <fmt/format.h>

#include "reports/format/number_format.h"
#include "reports/format/terminal_page.h"
#include "reports/summary/sentences.h"
#include "reports/trials/sentences.h"

namespace holdfast {
namespace {

constexpr std::size_t most_trials_listed = 8;
constexpr std::size_t most_controls_listed = 2;  // they are there to fail

Ink ink_for(RunVerdict verdict) {
  return verdict == RunVerdict::pass ? Ink::good : verdict == RunVerdict::fail ? Ink::bad : Ink::doubtful;
}

void show_trials_not_passed(TerminalPage& page, const TrialsSummary& summary) {
  const auto trials = trials_not_passed(summary);
  if (trials.empty()) return;
  page.heading("Trials that did not pass");
  std::size_t judged = 0;
  std::size_t controls = 0;
  for (const Trial* trial : trials) {
    const bool is_judged = summary.plan.variants[trial->variant].judged;
    if (is_judged ? judged == most_trials_listed : controls == most_controls_listed) continue;
    ++(is_judged ? judged : controls);
    page.labelled(verdict_word(trial->verdict), ink_for(trial->verdict), 6, trial_sentence(summary, *trial),
                  2);
    page.raw_line(trial->command);
  }
  if (trials.size() > judged + controls) {
    page.paragraph(fmt::format("… and {} (report.md lists them)",
                               format_counted(trials.size() - judged - controls, "more trial")));
  }
}

}  // namespace

std::string render_trials_terminal(const TrialsSummary& summary, bool colour, int columns) {
  TerminalPage page(colour, columns);
  const std::string word = verdict_word(summary.verdict);
  page.labelled(word, ink_for(summary.verdict), word.size() + 2, trials_headline(summary));
  for (const auto& reason : summary.reasons) page.labelled("-", Ink::plain, 2, reason, 2);

  page.heading("Trials");
  page.table(trials_head(), trials_rows(summary));
  for (const auto& settings : settings_sentences(summary)) page.paragraph(settings);
  page.paragraph(design_sentence(summary));

  page.heading(summary.variants.size() > 1 ? "Side by side" : "All trials together");
  page.table(variants_head(summary), variants_rows(summary));
  for (const auto& comparison : summary.comparisons) page.paragraph(comparison_sentence(summary, comparison));
  page.paragraph(sharing_sentence());

  if (const auto waived = waived_sentences(summary); !waived.empty()) {
    page.heading("Waived by the scenario");
    for (const auto& sentence : waived) page.labelled("-", Ink::plain, 2, sentence, 2);
  }
  show_trials_not_passed(page, summary);
  page.heading("Repeat this series");
  page.raw_line(summary.plan.command);
  page.paragraph(keeping_sentence(summary));
  return std::move(page).text();
}

}  // namespace holdfast
