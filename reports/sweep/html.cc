// The sweep as a page: the share of runs that survive each hold, with the claimed and the measured budget as lines.
#include <fmt/format.h>

#include <algorithm>

#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/page/assets.h"
#include "reports/summary/milliseconds.h"
#include "reports/sweep/sentences.h"

namespace holdfast {
namespace {

constexpr double plot_left = 52, plot_right = 24, plot_top = 40, plot_height = 170;

struct SurvivalPlot {
  double width = 0, longest_ms = 1;
  [[nodiscard]] double x(double ms) const {
    return plot_left + std::clamp(ms / longest_ms, 0.0, 1.0) * (width - plot_left - plot_right);
  }
  [[nodiscard]] static double y(double share) { return plot_top + (1 - share) * plot_height; }
};

std::string budget_line(const SurvivalPlot& plot, double ms, const char* kind, const std::string& label,
                        double y) {
  const double x = plot.x(ms);
  const bool right = x > plot.width / 2;
  return fmt::format(
      "<line class=\"{}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.0f}\" y2=\"{:.0f}\"/><text x=\"{:.1f}\" "
      "y=\"{:.0f}\" "
      "text-anchor=\"{}\">{}</text>",
      kind, x, x, y - 8, plot_top + plot_height, right ? x - 4 : x + 4, y, right ? "end" : "start",
      html_text(label));
}

std::string survival_svg(const SweepCurve& curve, double longest_ms, double width, const char* kind) {
  const SurvivalPlot plot{width, std::max(longest_ms, 1.0)};
  const double bottom = plot_top + plot_height;
  std::string svg = fmt::format(
      "<svg class=\"moment {}\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"Share of runs that "
      "survive a "
      "hold, by its length; the table below has the figures\">",
      kind, width, bottom + 40);
  for (const double share : {0.0, 0.5, 1.0}) {
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{:.0f}\" x2=\"{:.0f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/><text x=\"{:.0f}\" "
        "y=\"{:.1f}\" "
        "text-anchor=\"end\">{}</text>",
        plot_left, width - plot_right, plot.y(share), plot.y(share), plot_left - 6, plot.y(share) + 4,
        format_percent(share));
  }
  for (int part = 0; part <= 4; ++part) {
    const double ms = plot.longest_ms * part / 4;
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}</text>", plot.x(ms),
                       bottom + 18, format_ms(ms));
  }
  svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">length of the hold</text>",
                     width / 2, bottom + 36);
  std::string line;
  for (const SweepPoint& point : curve.points) {
    const std::uint64_t told = point.survived + point.failed;
    if (told == 0) continue;
    const double share = static_cast<double>(point.survived) / static_cast<double>(told);
    const double x = plot.x(milliseconds(point.hold.count()));
    svg += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>",
                       x, plot.y(point.interval.lower), plot.y(point.interval.upper));
    svg += fmt::format("<circle class=\"point\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>", x, plot.y(share));
    line += fmt::format("{}{:.1f},{:.1f}", line.empty() ? "" : " ", x, plot.y(share));
  }
  svg += fmt::format("<polyline class=\"curve\" points=\"{}\"/>", line);
  if (curve.planned_budget_ms > 0)
    svg += budget_line(plot, curve.planned_budget_ms, "claimed",
                       "claimed " + format_ms(curve.planned_budget_ms), 14);
  if (curve.all_survive) {
    const double ms = milliseconds(curve.all_survive->count());
    svg += budget_line(plot, ms, "measured", "measured " + format_ms(ms), 30);
  }
  return svg + "</svg>\n";
}

}  // namespace

std::string render_sweep_html(const Sweep& sweep) {
  std::string header =
      fmt::format("<header>\n<p class=\"word\">SWEEP</p>\n<h1>{}</h1>\n", html_text(sweep_headline(sweep)));
  for (std::size_t at = 0; at < sweep.curves.size(); ++at)
    header += html_paragraph(edge_sentence(sweep, at), at == 0 ? "sentence" : "");
  if (!sweep.complete) header += html_paragraph(short_sweep_sentence());
  const std::vector<std::string> facts{sweep.plan.started_at, sweep.plan.kernel, sweep.plan.filesystem,
                                       "Holdfast " + sweep.plan.version};
  header += html_paragraph(fmt::format("{}", fmt::join(facts, " · ")), "facts") + "</header>";
  std::string body;
  const double longest_ms = milliseconds(sweep.plan.longest.count());
  for (std::size_t at = 0; at < sweep.curves.size(); ++at) {
    const SweepCurve& curve = sweep.curves[at];
    const double reach_ms = std::max(longest_ms, std::min(curve.planned_budget_ms, 2 * longest_ms));
    std::string part = "<figure>" + survival_svg(curve, reach_ms, 860, "wide") +
                       survival_svg(curve, reach_ms, 352, "narrow") + "</figure>\n";
    part += html_folded(true, "The figures", html_table_of_text("Holds", sweep_head(), sweep_rows(curve)));
    if (!curve.example.empty())
      part += fmt::format("<p>A failed run at the edge:</p>\n<pre tabindex=\"0\"><code>{}</code></pre>\n",
                          html_text(curve.example));
    body += html_section(fmt::format("curve-{}", at), html_text(sweep_label(sweep, at)), part);
  }
  body += html_section("how", "How to read it", html_paragraph(sweep_design_sentence(sweep)));
  body +=
      html_section("again", "Repeat this sweep",
                   fmt::format("<pre tabindex=\"0\"><code>{}</code></pre>\n", html_text(sweep.plan.command)));
  return filled(assets::plain_page_html, {{"title", html_text("Holds survived: " + sweep_headline(sweep))},
                                          {"style", std::string(assets::style_css)},
                                          {"header", header},
                                          {"body", body}});
}

}  // namespace holdfast
