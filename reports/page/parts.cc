#include "reports/page/parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/page/moment_svg.h"
#include "reports/page/svg.h"
#include "reports/statistics/histogram.h"
#include "reports/summary/headline.h"
#include "reports/summary/sentences.h"
#include "reports/summary/verdict.h"

namespace holdfast {
namespace {

constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_open_rows = 12;  // longer tables are folded

std::string figure_card(const std::string& what, const std::string& value, const std::string& more,
                        const std::string& picture = "") {
  return fmt::format("<div class=\"card\"><dt>{}</dt><dd><strong>{}</strong>{}<span>{}</span></dd></div>\n",
                     html_text(what), html_text(value), picture, html_prose(more));
}

std::string cards(const Summary& summary) {
  std::string html = "<dl class=\"cards\">\n";
  const bool any = summary.attempted > 0;
  html += figure_card("Broadcasts acknowledged", any ? format_percent(summary.success_rate) : "–",
                      fmt::format("{} of {}; 95 % interval {}", format_count(summary.ok),
                                  format_count(summary.attempted), format_interval(summary.ci95)),
                      any ? interval_svg(summary.success_rate, summary.ci95) : "");
  if (summary.agents_total > 0) {
    const Interval interval = clopper_pearson(summary.agents_succeeded, summary.agents_total, 0.95);
    const double share =
        static_cast<double>(summary.agents_succeeded) / static_cast<double>(summary.agents_total);
    html += figure_card(
        "Agents succeeded",
        fmt::format("{} of {}", format_count(summary.agents_succeeded), format_count(summary.agents_total)),
        fmt::format("95 % interval {}", format_interval(interval)), interval_svg(share, interval));
  }
  html +=
      figure_card("Broadcasts needed", format_count(summary.runs_needed),
                  fmt::format("without a failure, to show {} at {} confidence; this run had {} acknowledged",
                              format_percent(claimed_rate), format_percent(claimed_confidence),
                              format_count(summary.ok)));
  html += figure_card("Calls refused", format_count(summary.refusals),
                      summary.refusals_by_holder.empty()
                          ? std::string("no holder got in the way")
                          : "mostly held by " + summary.refusals_by_holder.front().holder);
  const std::string allowed =
      summary.planned_budget_ms > 0
          ? fmt::format(" (the policy allows {})", format_ms(summary.planned_budget_ms))
          : "";
  html += figure_card("Retries", format_count(total_retries(summary)),
                      "waited at most " + format_ms(summary.waits_ms.max) + allowed);
  if (summary.ok > 0) {
    html += figure_card(
        "Latency p99", format_ms(summary.latency_ms.p99),
        fmt::format("p50 {}, max {}", format_ms(summary.latency_ms.p50), format_ms(summary.latency_ms.max)));
  }
  return html + "</dl>\n";
}

std::string finding_word(const Finding& finding) {
  std::string word;
  switch (finding.verdict) {
    case Verdict::pass:
      word = "<span class=\"tag pass\">✓ pass</span>";
      break;
    case Verdict::fail:
      word = "<span class=\"tag fail\">✗ fail</span>";
      break;
    case Verdict::unknown:
      word = "<span class=\"tag unknown\">? not determined</span>";
      break;
    case Verdict::not_applicable:
      word = "<span class=\"tag none\">– not applicable</span>";
      break;
  }
  return finding.waived ? word + " <span class=\"tag none\">waived</span>" : word;
}

}  // namespace

std::string_view verdict_sign(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::pass:
      return "✓";
    case RunVerdict::fail:
      return "✗";
    case RunVerdict::inconclusive:
      break;
  }
  return "?";
}

std::string html_verdict(RunVerdict verdict) {
  return fmt::format("<span aria-hidden=\"true\">{}</span> {}", verdict_sign(verdict), verdict_word(verdict));
}

// The answer first: verdict, the sentence, the figure, the picture, what to do; then what it was, and the rest.
std::string html_header(const Summary& summary) {
  const Headline answer = headline_of(summary);
  const bool failed = summary.verdict == RunVerdict::fail;
  std::string html = fmt::format(
      "<header class=\"{}\">\n<p class=\"word\"><span aria-hidden=\"true\">{}</span> {}</p>\n<h1>{}</h1>\n"
      "<div class=\"answer\"><p class=\"sentence\">{}</p>\n",
      to_string(summary.verdict), verdict_sign(summary.verdict), html_text(answer.badge),
      html_text(headline(summary)), html_prose(answer.sentence));
  if (!answer.figure.empty())
    html += fmt::format("<p class=\"figure\"><strong>{}</strong> <span>{}</span></p>\n",
                        html_text(answer.figure), html_text(answer.what));
  html += "</div>\n" + moment_figure(summary.moment);
  if (!answer.evidence.empty())
    html += html_paragraph("The record shows: " + answer.evidence + ".", "evidence");
  if (!answer.advice.empty())
    html +=
        fmt::format("<p class=\"advice\"><strong>What to do:</strong> {}</p>\n", html_text(answer.advice));
  html += html_paragraph(answer.facts, "facts");
  if (failed || summary.reasons.size() > 1)
    html += html_folded(true, summary.reasons.size() == 1 ? "The reason in full" : "All reasons in full",
                        html_list(summary.reasons));
  return html + cards(summary) + "</header>\n";
}

static std::string checks_table(const std::vector<const Finding*>& findings) {
  TableRows rows;
  for (const Finding* finding : findings) {
    const bool counted = finding->verdict == Verdict::fail || finding->verdict == Verdict::pass;
    std::string witness = html_text(finding->witness.value_or(""));
    if (finding->waived) witness += "<br>Waived: " + html_text(*finding->waived);
    rows.push_back({fmt::format("<code>{}</code>", html_text(finding->name)), finding_word(*finding),
                    html_text(check_title(finding->name)), counted ? format_count(finding->count) : "–",
                    format_count(finding->checked), witness});
  }
  return html_table("Checks",
                    {{"Check"},
                     {"Verdict"},
                     {"Requirement"},
                     {"Bad", Align::right},
                     {"Checked", Align::right},
                     {"Witness"}},
                    rows);
}

// Those that did not pass are open; those that passed and those that do not apply are a line each.
std::string html_checks(const Summary& summary) {
  std::vector<const Finding*> open, passed, idle;
  for (const auto& finding : summary.checks) {
    const bool good = finding.verdict == Verdict::pass;
    (good ? passed : finding.verdict == Verdict::not_applicable ? idle : open).push_back(&finding);
  }
  std::string body;
  if (!open.empty()) body += checks_table(open);
  if (!passed.empty())
    body += html_folded(true, format_counted(passed.size(), "check passed", "checks passed"),
                        checks_table(passed));
  if (!idle.empty())
    body += html_folded(true, format_counted(idle.size(), "check not applicable", "checks not applicable"),
                        checks_table(idle));
  if (!summary.expectations.empty()) {
    TableRows expected;
    for (const auto& result : summary.expectations) {
      expected.push_back(
          {result.met ? "<span class=\"tag pass\">✓ met</span>" : "<span class=\"tag fail\">✗ missed</span>",
           html_text(expectation_sentence(result))});
    }
    body += "<h3>Expectations</h3>\n" + html_table("Expectations", {{"Verdict"}, {"Expectation"}}, expected);
  }
  return html_section("checks", "What was checked", body);
}

std::string html_holders(const Summary& summary, const Timeline* timeline) {
  std::string body = html_paragraph(refusals_sentence(summary) + ".");
  if (!summary.refusals_by_holder.empty()) {
    const std::uint64_t greatest = summary.refusals_by_holder.front().count;
    TableRows rows;
    for (const auto& holder : summary.refusals_by_holder) {
      if (rows.size() == most_rows) break;
      rows.push_back({format_count(holder.count), bar_html(holder.count, greatest), html_text(holder.holder),
                      fmt::format("<code>{}</code>", html_text(holder.program)),
                      fmt::format("<code>{}</code>", html_text(holder.share)), pids_text(holder.pids, 8)});
    }
    body += html_table(
        "Holders",
        {{"Refusals", Align::right}, {""}, {"Holder"}, {"Program"}, {"Share mode"}, {"Process ids"}}, rows);
    body += html_paragraph("A refusal with several holders counts for each of them.", "note");
  }
  if (timeline != nullptr) body += html_refusals(*timeline);
  return html_section("holders", "Who held the file", body);
}

std::string html_retries(const Summary& summary, const Timeline* timeline) {
  std::string body = html_paragraph(budget_sentence(summary));
  if (summary.attempted > 0) {
    std::uint64_t greatest = 0;
    for (const auto& [retries, broadcasts] : summary.retry_histogram)
      greatest = std::max(greatest, broadcasts);
    TableRows rows;
    for (const auto& [retries, broadcasts] : summary.retry_histogram) {
      if (rows.size() == most_rows) break;
      rows.push_back({format_count(retries + 1), format_count(broadcasts), bar_html(broadcasts, greatest)});
    }
    body += "<h3>Attempts per broadcast</h3>\n" +
            html_table("Attempts", {{"Attempts", Align::right}, {"Broadcasts", Align::right}, {""}}, rows);
  }
  if (summary.retry_steps.empty()) return html_section("retries", "Attempts and waits", body);
  body += "<h3>Waits, planned against observed</h3>\n";
  if (timeline != nullptr) body += waits_svg(summary.retry_steps, timeline->waits);
  TableRows rows;
  for (const auto& step : summary.retry_steps) {
    if (rows.size() == most_rows) break;
    const auto seen = [&](double ms) { return step.observed > 0 ? format_ms(ms) : std::string("–"); };
    rows.push_back({std::to_string(step.retry), planned_wait(step), format_count(step.observed),
                    seen(step.observed_ms.p50), seen(step.observed_ms.p99), seen(step.observed_ms.max)});
  }
  body += html_folded(rows.size() > most_open_rows, "All retries",
                      html_table("Waits",
                                 {{"Retry", Align::right},
                                  {"Planned wait", Align::right},
                                  {"Waits observed", Align::right},
                                  {"p50", Align::right},
                                  {"p99", Align::right},
                                  {"max", Align::right}},
                                 rows));
  return html_section("retries", "Attempts and waits", body);
}

std::string html_latency(const Summary& summary) {
  if (summary.ok == 0 && summary.series.empty()) {
    return html_section("latency", "Latency",
                        html_paragraph("No broadcast was acknowledged, so none has a latency."));
  }
  const Quantiles& ms = summary.latency_ms;
  std::string body = html_table(
      "Latency",
      {{"p50", Align::right},
       {"p90", Align::right},
       {"p99", Align::right},
       {"p99.9", Align::right},
       {"max", Align::right}},
      {{format_ms(ms.p50), format_ms(ms.p90), format_ms(ms.p99),
        summary.latency_p999_ms == 0 ? "–" : format_ms(summary.latency_p999_ms), format_ms(ms.max)}});
  body +=
      "<div class=\"charts\">\n<figure><figcaption>Latency distribution</figcaption><div "
      "id=\"latency-histogram\" class=\"chart\"></div></figure>\n<figure><figcaption>Latency and holders "
      "over time</figcaption><div id=\"latency-time\" class=\"chart\"></div></figure>\n</div>\n";
  TableRows rows;
  for (std::size_t at = 0; at < summary.series.size(); ++at) {
    const SeriesRow& row = summary.series[at];
    const auto latency = [&](double value) { return row.ok > 0 ? format_ms(value) : std::string("–"); };
    rows.push_back({fmt::format("{} s", format_count(at * summary.series_step_s)), format_count(row.started),
                    format_count(row.ok), format_count(row.failed), format_count(row.unknown),
                    format_count(row.refusals), latency(row.latency_p50_ms), latency(row.latency_p99_ms),
                    latency(row.latency_max_ms)});
  }
  if (!rows.empty()) {
    body += html_folded(rows.size() > most_open_rows, "Over time, as a table",
                        html_table("Over time",
                                   {{"From", Align::right},
                                    {"Started", Align::right},
                                    {"Ok", Align::right},
                                    {"Failed", Align::right},
                                    {"Unknown", Align::right},
                                    {"Refusals", Align::right},
                                    {"p50", Align::right},
                                    {"p99", Align::right},
                                    {"max", Align::right}},
                                   rows));
  }
  body += html_paragraph(
      fmt::format("Latencies are those of acknowledged broadcasts, from the time each was due. Quantiles are "
                  "at most {} above the exact values and never below; the maximum is exact.",
                  format_percent(DurationHistogram::relative_error)),
      "note");
  return html_section("latency", "Latency", body);
}

std::string html_faults(const Summary& summary) {
  if (summary.injectors.empty())
    return html_section("faults", "Faults", html_paragraph("None were planned."));
  TableRows rows;
  for (const auto& injector : summary.injectors) {
    const bool enough = injector.fired >= injector.min_fired;
    rows.push_back(
        {html_text(injector.name), html_text(injector.kind), format_count(injector.planned),
         format_count(injector.fired), format_count(injector.min_fired),
         enough ? "<span class=\"tag pass\">✓ enough</span>" : "<span class=\"tag unknown\">? too few</span>",
         html_text(injector_sentence(injector))});
  }
  std::string body = html_table("Faults",
                                {{"Injector"},
                                 {"Kind"},
                                 {"Planned", Align::right},
                                 {"Fired", Align::right},
                                 {"Required", Align::right},
                                 {""},
                                 {"What it did"}},
                                rows);
  for (const auto& injector : summary.injectors) {
    if (injector.calls.empty()) continue;
    std::string calls = "<ol>\n";
    for (const std::string& call : injector.calls)
      calls += fmt::format("<li><code>{}</code></li>\n", html_text(call));
    body += html_folded(true, fmt::format("The file calls of a save, as {} met them", injector.name),
                        calls + "</ol>\n");
  }
  return html_section("faults", "Faults planned and fired", body);
}

std::string html_agents(const Summary& summary) {
  // Those that did not succeed come first, for only so many are listed.
  std::vector<const AgentSummary*> agents;
  for (const auto& agent : summary.agents) agents.push_back(&agent);
  std::stable_sort(agents.begin(), agents.end(),
                   [](const AgentSummary* a, const AgentSummary* b) { return a->succeeded < b->succeeded; });
  TableRows rows;
  for (const AgentSummary* agent : agents) {
    if (rows.size() == most_rows) break;
    rows.push_back(
        {std::to_string(agent->id),
         agent->succeeded ? "<span class=\"tag pass\">✓ yes</span>" : "<span class=\"tag fail\">✗ no</span>",
         format_count(agent->attempted), format_count(agent->ok), format_count(agent->failed),
         format_count(agent->unknown), format_count(agent->retries), format_ms(agent->waited_ms),
         html_text(agent->ended)});
  }
  std::string table = html_table("Agents",
                                 {{"Agent", Align::right},
                                  {"Succeeded"},
                                  {"Attempted", Align::right},
                                  {"Ok", Align::right},
                                  {"Failed", Align::right},
                                  {"Unknown", Align::right},
                                  {"Retries", Align::right},
                                  {"Waited", Align::right},
                                  {"Ended"}},
                                 rows);
  if (agents.size() > rows.size()) {
    table += html_paragraph(fmt::format("{} more agents are not listed; none fared worse than the last row.",
                                        format_count(agents.size() - rows.size())),
                            "note");
  }
  return html_section("agents", "Agents",
                      html_paragraph(agents_sentence(summary) + ".") +
                          html_folded(rows.size() > most_open_rows, "All agents", table) +
                          html_paragraph(evidence_sentence(summary), "note"));
}

std::string html_limits(const Summary& summary) {
  std::string body;
  if (!summary.warnings.empty()) body += "<h3>Warnings</h3>\n" + html_list(summary.warnings);
  if (!summary.not_modelled.empty()) body += "<h3>Not modelled</h3>\n" + html_list(summary.not_modelled);
  if (!summary.tolerated.empty()) body += "<h3>What was tolerated</h3>\n" + html_list(summary.tolerated);
  return body.empty() ? "" : html_section("limits", "What this run cannot show", body);
}

std::string html_how(const Summary& summary) {
  TableRows rows;
  for (const auto& line : environment(summary))
    rows.push_back({std::string(line.what), html_text(line.value)});
  std::string body = html_table("Environment", {{"What"}, {"Value"}}, rows);
  if (!summary.command.empty()) {
    body += fmt::format("<h3>Repeat this run</h3>\n<pre tabindex=\"0\"><code>{}</code></pre>\n",
                        html_text(summary.command));
  }
  return html_section("how", "Environment", body);
}

}  // namespace holdfast
