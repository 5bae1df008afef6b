#include "reports/index/run_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/page/assets.h"
#include "reports/page/parts.h"
#include "reports/summary/sentences.h"

namespace holdfast {
namespace {

constexpr std::size_t most_trend_signs = 60;
constexpr std::size_t most_listed_runs = 500;
constexpr const char* title = "Past runs";

std::string link(const std::string& address, const std::string& html) {
  return address.empty() ? html : fmt::format("<a href=\"{}\">{}</a>", address, html);
}

std::string name_of_scenario(const ListedRun& run) {
  return run.variant.empty() ? run.scenario : run.scenario + " (" + run.variant + ")";
}

struct Trend {
  std::vector<const ListedRun*> runs;  // oldest first
  std::uint64_t passed = 0;
};

std::string trend_signs(const Trend& trend, const std::string& name) {
  std::string html = fmt::format("<ol class=\"signs\" aria-label=\"{}, oldest first\">", html_text(name));
  const std::size_t from = trend.runs.size() > most_trend_signs ? trend.runs.size() - most_trend_signs : 0;
  for (std::size_t at = from; at < trend.runs.size(); ++at) {
    const ListedRun& run = *trend.runs[at];
    const std::string sign =
        fmt::format("<span aria-hidden=\"true\">{}</span><span class=\"unseen\">{} {}</span>",
                    verdict_sign(*run.verdict), html_text(run.started_at), verdict_word(*run.verdict));
    html += fmt::format("<li class=\"tag {}\" title=\"{}\">{}</li>",
                        *run.verdict == RunVerdict::inconclusive ? "unknown" : to_string(*run.verdict),
                        html_text(run.started_at + ": " + run.reason), link(run.report_address, sign));
  }
  return html + "</ol>";
}

// The p99 of the newest run beside the median of those before it.
std::string latency_trend(const Trend& trend) {
  std::vector<double> earlier;
  for (const ListedRun* run : trend.runs)
    if (run->latency_p99_ms) earlier.push_back(*run->latency_p99_ms);
  if (earlier.empty()) return "";
  const double newest = earlier.back();
  earlier.pop_back();
  if (earlier.empty()) return format_ms(newest);
  const auto middle = earlier.begin() + static_cast<std::ptrdiff_t>(earlier.size() / 2);
  std::nth_element(earlier.begin(), middle, earlier.end());
  return fmt::format("{}, before {}", format_ms(newest), format_ms(*middle));
}

std::string trends_section(const std::vector<ListedRun>& newest_first) {
  std::map<std::string, Trend> trends;
  for (auto run = newest_first.rbegin(); run != newest_first.rend(); ++run) {
    if (!run->verdict) continue;
    Trend& trend = trends[name_of_scenario(*run)];
    trend.runs.push_back(&*run);
    trend.passed += *run->verdict == RunVerdict::pass ? 1 : 0;
  }
  if (trends.empty()) return "";
  TableRows rows;
  for (const auto& [name, trend] : trends) {
    rows.push_back({html_text(name), fmt::format("{} of {}", trend.passed, trend.runs.size()),
                    html_text(latency_trend(trend)), trend_signs(trend, name)});
  }
  return html_section(
      "trends", "How each scenario has fared",
      html_table("How each scenario has fared",
                 {{"Scenario"}, {"Passed", Align::right}, {"Latency p99"}, {"Oldest to newest"}}, rows));
}

std::string runs_section(const std::vector<ListedRun>& runs) {
  TableRows rows;
  for (std::size_t at = 0; at < std::min(runs.size(), most_listed_runs); ++at) {
    const ListedRun& run = runs[at];
    std::string reports = link(run.report_address, html_text(run.place));
    if (!run.text_address.empty()) reports += fmt::format(" (<a href=\"{}\">text</a>)", run.text_address);
    rows.push_back(
        {html_text(run.started_at), run.verdict ? html_verdict(*run.verdict) : "", html_text(run.kind),
         html_text(name_of_scenario(run)), run.seed ? fmt::format("{}", *run.seed) : "",
         run.success_rate ? format_percent(*run.success_rate) : "", reports, html_text(run.reason)});
  }
  std::string body = html_table("Runs, newest first",
                                {{"Started"},
                                 {"Verdict"},
                                 {"What"},
                                 {"Scenario"},
                                 {"Seed", Align::right},
                                 {"Acknowledged", Align::right},
                                 {"Report"},
                                 {"Why"}},
                                rows);
  if (runs.size() > most_listed_runs)
    body += html_paragraph(fmt::format("And {} more.", format_count(runs.size() - most_listed_runs)), "note");
  return html_section("runs", "Runs, newest first", body);
}

}  // namespace

void sort_newest_first(std::vector<ListedRun>& runs) {
  // What cannot be read has no time. It comes first, where no number of runs pushes it off the page.
  const auto rank = [](const ListedRun& run) {
    return std::tuple(run.started_at.empty(), std::tie(run.started_at, run.place));
  };
  std::sort(runs.begin(), runs.end(),
            [&](const ListedRun& a, const ListedRun& b) { return rank(b) < rank(a); });
}

std::string render_run_list_html(const std::vector<ListedRun>& runs) {
  return filled(assets::plain_page_html, {{"title", title},
                                          {"style", std::string(assets::style_css)},
                                          {"header", fmt::format("<header>\n<h1>{}</h1>\n</header>", title)},
                                          {"body", trends_section(runs) + runs_section(runs)}});
}

bool is_run_list(std::string_view html) {
  return html.find(fmt::format("<title>{}</title>", title)) != std::string_view::npos;
}

}  // namespace holdfast
