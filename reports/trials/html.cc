// A series of trials on a page of its own, its variants side by side; no script is needed.
#include <fmt/format.h>

#include <algorithm>

#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/page/assets.h"
#include "reports/page/parts.h"
#include "reports/page/svg.h"
#include "reports/summary/sentences.h"
#include "reports/trials/sentences.h"

namespace holdfast {
namespace {

constexpr std::size_t most_listed_trials = 200;
constexpr std::size_t most_signs = 400;  // of each variant

std::string paragraphs(const std::vector<std::string>& sentences, std::string_view kind = "") {
  std::string html;
  for (const auto& sentence : sentences) html += html_paragraph(sentence, kind);
  return html;
}

// The report of a trial that was kept, beside this page; nothing in a name leads elsewhere.
std::string report_address(const Trial& trial) {
  return "./" + path_address(trial.directory) + "/report.html";
}

// A sign for each trial, in the order in which they were run.
std::string signs(const TrialsSummary& summary, std::size_t variant) {
  std::string html = "<ol class=\"signs\" aria-label=\"Trials in order\">\n";
  std::size_t shown = 0;
  for (const Trial& trial : summary.trials) {
    if (trial.variant != variant) continue;
    if (++shown > most_signs) break;
    html += fmt::format(
        "<li class=\"tag {}\" title=\"{}\"><span aria-hidden=\"true\">{}</span><span "
        "class=\"unseen\">seed {}: {}</span></li>\n",
        trial.verdict == RunVerdict::inconclusive ? "unknown" : to_string(trial.verdict),
        html_text(trial_sentence(summary, trial)), verdict_sign(trial.verdict), trial.seed,
        verdict_word(trial.verdict));
  }
  html += "</ol>\n";
  if (shown > most_signs)
    html += paragraphs({fmt::format("The first {}.", format_counted(most_signs, "trial"))}, "note");
  return html;
}

std::string variant_side(const TrialsSummary& summary, std::size_t variant) {
  const VariantResult& result = summary.variants[variant];
  const double rate =
      result.trials() == 0 ? 0 : static_cast<double>(result.passed) / static_cast<double>(result.trials());
  std::string html =
      fmt::format("<div class=\"side\">\n<h2>{}{}</h2>\n<p><strong>{} of {}</strong> passed</p>\n",
                  html_text(variant_label(summary.plan, variant)),
                  summary.plan.variants[variant].judged ? "" : " <span class=\"tag none\">not judged</span>",
                  format_count(result.passed), format_counted(result.trials(), "trial"));
  if (result.trials() > 0) {
    html += interval_svg(rate, result.interval) +
            fmt::format("<p>95 % interval {}</p>\n", html_text(format_interval(result.interval)));
  }
  return html + signs(summary, variant) + "</div>\n";
}

std::string not_passed_section(const TrialsSummary& summary) {
  const auto trials = trials_not_passed(summary);
  if (trials.empty()) return "";
  TableRows rows;
  for (std::size_t at = 0; at < std::min(trials.size(), most_listed_trials); ++at) {
    const Trial& trial = *trials[at];
    rows.push_back({html_text(variant_label(summary.plan, trial.variant)),
                    fmt::format("<a href=\"{}\">{}</a>", report_address(trial), trial.seed),
                    html_verdict(trial.verdict), html_text(trial.reason),
                    fmt::format("<code>{}</code>", html_text(trial.command))});
  }
  std::string body = html_table(
      "Trials that did not pass",
      {{"Variant"}, {"Seed, and its report", Align::right}, {"Verdict"}, {"Why"}, {"Rerun with"}}, rows);
  if (trials.size() > rows.size())
    body += paragraphs({fmt::format("And {}.", format_counted(trials.size() - rows.size(), "more trial"))},
                       "note");
  return html_section("not-passed", "Trials that did not pass", body);
}

}  // namespace

std::string render_trials_html(const TrialsSummary& summary) {
  const TrialsPlan& plan = summary.plan;
  std::string header =
      fmt::format("<header class=\"{}\">\n<p class=\"word\">{}</p>\n<h1>{}</h1>\n{}<div class=\"sides\">\n",
                  to_string(summary.verdict), html_verdict(summary.verdict),
                  html_text(trials_headline(summary)), html_list(summary.reasons));
  for (std::size_t variant = 0; variant < summary.variants.size(); ++variant)
    header += variant_side(summary, variant);
  header += "</div>\n</header>\n";

  std::string body =
      html_section("trials", "Trials",
                   html_table_of_text("Trials", trials_head(), trials_rows(summary)) +
                       paragraphs({design_sentence(summary)}) + paragraphs(settings_sentences(summary)));
  std::string figures = html_table_of_text("Figures", variants_head(summary), variants_rows(summary));
  for (const auto& comparison : summary.comparisons)
    figures += paragraphs({comparison_sentence(summary, comparison)});
  body += html_section("figures", summary.variants.size() > 1 ? "Side by side" : "All trials together",
                       figures + paragraphs({sharing_sentence()}, "note"));
  body += not_passed_section(summary);
  if (const auto waived = waived_sentences(summary); !waived.empty())
    body += html_section("waived", "Waived by the scenario", html_list(waived));
  body +=
      html_section("how", "Environment",
                   html_table_of_text("Environment", {{"What"}, {"Value"}},
                                      {{"First seed", std::to_string(plan.seed)},
                                       {"Started", plan.started_at},
                                       {"Kernel", plan.kernel},
                                       {"Filesystem", plan.filesystem},
                                       {"Holdfast", plan.version},
                                       {"Kept", keeping_sentence(summary)}}) +
                       fmt::format("<h3>Repeat this series</h3>\n<pre tabindex=\"0\"><code>{}</code></pre>\n",
                                   html_text(plan.command)));
  return filled(assets::plain_page_html,
                {{"title", html_text(verdict_word(summary.verdict) + " " + trials_headline(summary))},
                 {"style", std::string(assets::style_css)},
                 {"header", header},
                 {"body", body}});
}

}  // namespace holdfast
