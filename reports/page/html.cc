// report.html: one self-contained file. What can be said without a script is said in tables;
// the script draws lanes and charts from the data that stands in the page.
#include <fmt/format.h>

#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/page/assets.h"
#include "reports/page/parts.h"
#include "reports/page/timeline_json.h"
#include "reports/run/render.h"
#include "reports/run/result_json.h"
#include "reports/summary/sentences.h"
#include "reports/summary/shortened.h"

namespace holdfast {
namespace {

// What the charts take from the figures.
std::string figures_json(const Summary& summary) {
  const OrderedJson all = summary_json(summary);
  OrderedJson json;
  json["latency_histogram"] = all["latency_histogram"];
  json["series_step_s"] = all["series_step_s"];
  json["series"] = all["series"];
  OrderedJson& codes = json["codes"] = OrderedJson::object();
  for (const auto& [code, count] : summary.refusals_by_code) codes[std::to_string(code)] = windows_code(code);
  return script_json(json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

std::string json_element(std::string_view id, const std::string& json) {
  return fmt::format("<script type=\"application/json\" id=\"{}\">{}</script>\n", id, json);
}

// What was left out is said where the rest is shown.
std::string drawn_sentence(const Timeline& timeline) {
  std::string sentence;
  if (timeline.whole()) {
    sentence = fmt::format("All {} are drawn", format_counted(timeline.all_operations, "operation"));
  } else {
    sentence = fmt::format(
        "{} of {} operations are drawn one by one: {} of {} that did not succeed, {} of {} that met a "
        "refusal, and every Nth of the rest; the shading behind them counts all",
        format_count(timeline.operations.size()), format_count(timeline.all_operations),
        format_count(timeline.kept_unsuccessful), format_count(timeline.all_unsuccessful),
        format_count(timeline.kept_refused), format_count(timeline.all_refused));
  }
  if (timeline.holds.size() < timeline.all_holds) {
    sentence += fmt::format("; {} of {} holds, evenly spread", format_count(timeline.holds.size()),
                            format_count(timeline.all_holds));
  }
  return sentence + ".";
}

std::string lanes_part(const Timeline* timeline, const std::string& why_not) {
  if (timeline == nullptr || timeline->operations.empty()) {
    const std::string why = timeline != nullptr ? "No operation is on record." : why_not;
    return html_section("lanes", "Lanes", fmt::format("<p>{}</p>\n", html_text(why)));
  }
  return html_section(
      "lanes", "Timeline",
      fmt::format("<p>{}</p>\n<noscript><p class=\"note\">The timeline is drawn by a script, which does not "
                  "run here; the tables below show who held what, and when.</p></noscript>\n"
                  "<div id=\"lanes-view\" hidden></div>\n",
                  html_text(drawn_sentence(*timeline))));
}

std::string nav_links(const std::string& body) {
  std::string links;
  constexpr std::string_view mark = "<section id=\"";
  for (std::size_t at = body.find(mark); at != std::string::npos; at = body.find(mark, at + 1)) {
    const std::size_t from = at + mark.size();
    const std::string id = body.substr(from, body.find('"', from) - from);
    const std::size_t heading = body.find('>', body.find("<h2", from)) + 1;
    links += fmt::format("<a href=\"#{}\">{}</a> ", id,
                         body.substr(heading, body.find("</h2>", heading) - heading));
  }
  return links;
}

}  // namespace

std::string render_html(const ReportInput& input) {
  const Summary summary = shortened(input.summary);
  const Timeline* const timeline = input.timeline;
  const std::string body = html_checks(summary) + lanes_part(timeline, input.why_not) +
                           html_holders(summary, timeline) + html_retries(summary, timeline) +
                           html_latency(summary) + html_faults(summary) + html_agents(summary) +
                           html_limits(summary) + html_how(summary);
  std::string data = json_element("figures", figures_json(summary));
  if (timeline != nullptr) data += json_element("timeline", timeline_json(*timeline));
  return filled(assets::report_html,
                {{"script-hashes", fmt::format("'{}' '{}'", assets::uplot_js.hash, assets::page_js.hash)},
                 {"title", html_text(fmt::format("{} {}", verdict_word(summary.verdict), headline(summary)))},
                 {"uplot-style", std::string(assets::uplot_css)},
                 {"style", std::string(assets::style_css)},
                 {"header", html_header(summary)},
                 {"nav", nav_links(body)},
                 {"body", body},
                 {"version", html_text(summary.version)},
                 {"licence", std::string(assets::uplot_licence)},
                 {"data", data},
                 {"uplot-script", std::string(assets::uplot_js.text)},
                 {"script", std::string(assets::page_js.text)}});
}

}  // namespace holdfast
