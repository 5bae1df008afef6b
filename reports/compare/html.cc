// Two runs side by side on a page of its own; no script is needed.
#include <fmt/format.h>

#include <array>

#include "reports/compare/render.h"
#include "reports/compare/table.h"
#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/page/assets.h"
#include "reports/page/parts.h"
#include "reports/page/svg.h"
#include "reports/summary/sentences.h"
#include "reports/summary/shortened.h"

namespace holdfast {
namespace {

std::string run_side(std::string_view which, const Summary& summary) {
  return fmt::format(
      "<div class=\"side {}\">\n<h2>{}</h2>\n<p class=\"word\">{}</p>\n<p><strong>{}</strong></p>\n{}"
      "<h3>Broadcasts acknowledged</h3>\n{}<p>{}</p>\n<h3>Agents succeeded</h3>\n{}<p>{}</p>\n"
      "<h3>Repeat this run</h3>\n<pre tabindex=\"0\"><code>{}</code></pre>\n</div>\n",
      to_string(summary.verdict), which, html_verdict(summary.verdict), html_text(headline(summary)),
      html_list(summary.reasons),
      summary.attempted > 0 ? interval_svg(summary.success_rate, summary.ci95) : "",
      html_text(broadcasts_sentence(summary)),
      summary.agents_total > 0
          ? interval_svg(
                static_cast<double>(summary.agents_succeeded) / static_cast<double>(summary.agents_total),
                clopper_pearson(summary.agents_succeeded, summary.agents_total, 0.95))
          : "",
      html_text(agents_sentence(summary)), html_text(summary.command));
}

// Retries needed, as shares: two runs may have attempted differently many broadcasts.
std::string attempts_table(const Comparison& comparison) {
  std::map<std::uint64_t, std::array<std::uint64_t, 2>> attempts;
  for (const auto& [retries, count] : comparison.before.retry_histogram) attempts[retries + 1][0] = count;
  for (const auto& [retries, count] : comparison.after.retry_histogram) attempts[retries + 1][1] = count;
  const auto cells = [](std::uint64_t count, const Summary& summary) {
    const double share =
        summary.attempted == 0 ? 0 : static_cast<double>(count) / static_cast<double>(summary.attempted);
    return std::pair(fmt::format("{} ({})", format_count(count), format_percent(share)),
                     bar_html(count, summary.attempted));
  };
  TableRows rows;
  for (const auto& [attempt, counts] : attempts) {
    if (rows.size() == 40) break;
    const auto [before, before_bar] = cells(counts[0], comparison.before);
    const auto [after, after_bar] = cells(counts[1], comparison.after);
    rows.push_back({format_count(attempt), before, before_bar, after, after_bar});
  }
  return html_table(
      "Attempts", {{"Attempts", Align::right}, {"Before", Align::right}, {""}, {"After", Align::right}, {""}},
      rows);
}

}  // namespace

std::string render_comparison_html(const Comparison& whole) {
  Comparison comparison = whole;
  comparison.before = shortened(whole.before);
  comparison.after = shortened(whole.after);
  std::string body = html_section(
      "figures", "Figure by figure",
      html_table_of_text(
          "Figures",
          {{"What"}, {"Before", Align::right}, {"After", Align::right}, {"p or ratio", Align::right}},
          comparison_rows(comparison)) +
          "<p class=\"note\">Intervals are 95 % Clopper–Pearson. p is from Fisher’s exact test, "
          "two-sided.</p>\n");
  body += html_section("attempts", "Attempts per broadcast", attempts_table(comparison));
  if (!comparison.cautions.empty()) {
    body += html_section("cautions", "Cautions", html_list(comparison.cautions));
  }
  const std::string header = fmt::format(
      "<header>\n<h1>Before and after</h1>\n<p>{}</p>\n<div class=\"sides\">\n{}{}</div>\n</header>\n",
      html_text(comparison.conclusion), run_side("Before", comparison.before),
      run_side("After", comparison.after));
  return filled(assets::plain_page_html,
                {{"title", html_text(fmt::format("{} against {}", headline(comparison.before),
                                                 headline(comparison.after)))},
                 {"style", std::string(assets::style_css)},
                 {"header", header},
                 {"body", body}});
}

}  // namespace holdfast
