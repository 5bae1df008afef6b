// The report that a person reads when the run ends: the verdict and why first, what to type next last.
#include <fmt/format.h>

#include <algorithm>

#include "reports/format/number_format.h"
#include "reports/format/terminal_page.h"
#include "reports/format/text.h"
#include "reports/run/render.h"
#include "reports/summary/headline.h"
#include "reports/summary/sentences.h"
#include "reports/summary/verdict.h"

namespace holdfast {
namespace {

constexpr std::size_t terminal_label_columns = 12;
constexpr std::size_t most_agents_listed = 8;
constexpr std::size_t most_holders_listed = 8;
constexpr std::size_t most_warnings_listed = 8;
constexpr std::size_t most_reasons_listed = 5;

Ink ink_of(RunVerdict verdict) {
  return verdict == RunVerdict::pass ? Ink::good : verdict == RunVerdict::fail ? Ink::bad : Ink::doubtful;
}

// The first few, then how many more there are.
template <typename Items, typename Show>
void show_first(TerminalPage& page, const Items& items, std::size_t at_most, const std::string& what,
                Show show) {
  for (std::size_t at = 0; at < std::min(items.size(), at_most); ++at) show(items[at]);
  if (items.size() > at_most)
    page.paragraph(fmt::format("… and {}", format_counted(items.size() - at_most, what)));
}

// The answer first: verdict, the sentence, where the record shows it, what to do.
void show_answer(TerminalPage& page, const Summary& summary) {
  const Headline answer = headline_of(summary);
  page.labelled(answer.badge, ink_of(summary.verdict), answer.badge.size() + 2, headline(summary));
  page.paragraph(answer.sentence);
  if (!answer.evidence.empty()) page.labelled("shown by", Ink::plain, 10, answer.evidence, 2);
  if (!answer.advice.empty()) page.labelled("to do", Ink::plain, 10, answer.advice, 2);
}

void show_verdict(TerminalPage& page, const Summary& summary) {
  show_answer(page, summary);
  // What passed has said its one reason.
  if (summary.verdict == RunVerdict::pass) return;
  show_first(page, summary.reasons, most_reasons_listed, "more reason",
             [&](const std::string& reason) { page.labelled("-", Ink::plain, 2, reason, 2); });
}

void show_result(TerminalPage& page, const Summary& summary) {
  page.heading("Result");
  page.labelled("Broadcasts", Ink::plain, terminal_label_columns, broadcasts_sentence(summary), 2);
  page.labelled("Agents", Ink::plain, terminal_label_columns, agents_sentence(summary), 2);
  page.labelled("Evidence", Ink::plain, terminal_label_columns, evidence_sentence(summary), 2);
  if (summary.ok > 0) {
    page.labelled("Latency", Ink::plain, terminal_label_columns, quantiles_sentence(summary.latency_ms), 2);
  }
}

void show_retries(TerminalPage& page, const Summary& summary) {
  if (summary.attempted == 0) return;
  page.heading("Retries");
  std::uint64_t greatest = 0;
  for (const auto& [retries, broadcasts] : summary.retry_histogram) greatest = std::max(greatest, broadcasts);
  TableRows bars;
  const std::size_t widest_bar = std::min<std::size_t>(40, page.columns() / 2);
  for (const auto& [retries, broadcasts] : summary.retry_histogram) {
    bars.push_back(
        {format_count(retries), format_count(broadcasts), text_bar(broadcasts, greatest, widest_bar)});
  }
  page.table({{"retries", Align::right}, {"broadcasts", Align::right}, {"", Align::left}}, bars);
  if (!summary.retry_steps.empty()) {
    TableRows steps;
    for (const auto& step : summary.retry_steps) {
      const bool seen = step.observed > 0;
      steps.push_back({std::to_string(step.retry), planned_wait(step), format_count(step.observed),
                       seen ? format_ms(step.observed_ms.p50) : "",
                       seen ? format_ms(step.observed_ms.p99) : "",
                       seen ? format_ms(step.observed_ms.max) : ""});
    }
    page.table({{"wait", Align::right},
                {"planned", Align::right},
                {"observed", Align::right},
                {"p50", Align::right},
                {"p99", Align::right},
                {"max", Align::right}},
               steps);
  }
  page.paragraph(budget_sentence(summary));
}

void show_refusals(TerminalPage& page, const Summary& summary) {
  page.heading("Who held the file");
  page.paragraph(refusals_sentence(summary));
  if (summary.refusals_by_holder.empty()) return;
  TableRows rows;
  for (const auto& holder : summary.refusals_by_holder) {
    if (rows.size() == most_holders_listed) break;
    rows.push_back(
        {format_count(holder.count), holder.holder, holder.program, holder.share, pids_text(holder.pids, 4)});
  }
  page.table({{"refusals", Align::right}, {"holder"}, {"program"}, {"share"}, {"pid"}}, rows);
  if (summary.refusals_by_holder.size() > most_holders_listed) {
    page.paragraph(fmt::format(
        "… and {}", format_counted(summary.refusals_by_holder.size() - most_holders_listed, "more holder")));
  }
  page.paragraph("A refusal with several holders counts for each of them.");
}

void show_faults(TerminalPage& page, const Summary& summary) {
  if (summary.injectors.empty()) return;
  page.heading("Faults");
  for (const auto& injector : summary.injectors) {
    const Ink ink = injector.fired < injector.min_fired ? Ink::doubtful : Ink::plain;
    page.labelled(injector.name, ink, terminal_label_columns, injector_sentence(injector), 2);
  }
}

// What passed is said by its title; what did not, by its name and what was found, since a title
// says the opposite.
void show_checks(TerminalPage& page, const Summary& summary) {
  page.heading("Checks");
  for (const auto& finding : summary.checks) {
    const std::string witness = finding.witness ? "; " + *finding.witness : "";
    if (finding.waived) {
      page.labelled("waived", Ink::plain, 9, waived_sentence(finding), 2);
      continue;
    }
    switch (finding.verdict) {
      case Verdict::pass:
        page.labelled(
            "ok", Ink::good, 9,
            fmt::format("{} ({} checked)", check_title(finding.name), format_count(finding.checked)), 2);
        break;
      case Verdict::fail:
        page.labelled("FAIL", Ink::bad, 9, failure_sentence(finding) + witness, 2);
        break;
      case Verdict::unknown:
        page.labelled("unknown", Ink::doubtful, 9, finding.name + witness, 2);
        break;
      case Verdict::not_applicable:
        page.labelled("n/a", Ink::plain, 9, finding.name + witness, 2);
        break;
    }
  }
  for (const auto& result : summary.expectations) {
    page.labelled(result.met ? "ok" : "MISSED", result.met ? Ink::good : Ink::bad, 9,
                  expectation_sentence(result), 2);
  }
}

void show_failed_agents(TerminalPage& page, const Summary& summary) {
  TableRows rows;
  std::uint64_t more = 0;
  for (const auto& agent : summary.agents) {
    if (agent.succeeded) continue;
    if (rows.size() == most_agents_listed) {
      ++more;
      continue;
    }
    rows.push_back({std::to_string(agent.id), format_count(agent.attempted), format_count(agent.ok),
                    format_count(agent.failed), format_count(agent.unknown), format_count(agent.retries),
                    agent.ended});
  }
  if (rows.empty()) return;
  page.heading("Agents that did not succeed");
  page.table({{"agent", Align::right},
              {"tried", Align::right},
              {"ok", Align::right},
              {"failed", Align::right},
              {"unknown", Align::right},
              {"retries", Align::right},
              {"ended"}},
             rows);
  if (more > 0) page.paragraph(fmt::format("… and {}", format_counted(more, "more agent")));
}

// "Topic: the whole sentence" -> the topics; the sentences stand in the written report.
void show_not_modelled(TerminalPage& page, const Summary& summary) {
  if (summary.not_modelled.empty()) return;
  std::string topics;
  for (const auto& sentence : summary.not_modelled) {
    topics += (topics.empty() ? "" : "; ") + sentence.substr(0, sentence.find(": "));
  }
  page.heading("Not modelled (details in report.md)");
  page.paragraph(topics);
}

void show_tolerated(TerminalPage& page, const Summary& summary) {
  if (summary.tolerated.empty()) return;
  page.heading("What was tolerated");
  for (const auto& sentence : summary.tolerated) page.labelled("-", Ink::plain, 2, sentence, 2);
}

void show_how(TerminalPage& page, const Summary& summary) {
  page.heading("Run");
  for (const auto& line : environment(summary)) page.labelled(line.what, Ink::plain, 15, line.value, 2);
  if (summary.command.empty()) return;
  page.heading("Repeat this run");
  page.raw_line(summary.command);
}

}  // namespace

std::string render_brief(const Summary& summary, bool colour, int columns) {
  TerminalPage page(colour, columns);
  show_answer(page, summary);
  constexpr std::size_t few = 4, most_reason_columns = 240;
  if (summary.verdict != RunVerdict::pass) {
    show_first(page, summary.reasons, few, "more reason", [&](const std::string& reason) {
      page.labelled("-", Ink::plain, 2, cut_to(one_line(reason), most_reason_columns), 2);
    });
  }
  for (const Finding& finding : summary.checks) {
    if (finding.waived && finding.verdict == Verdict::fail)
      page.labelled("waived", Ink::plain, 10, cut_to(one_line(waived_sentence(finding)), most_reason_columns),
                    2);
  }
  page.labelled("agents", Ink::plain, 10,
                fmt::format("{} of {} succeeded", format_count(summary.agents_succeeded),
                            format_count(summary.agents_total)),
                2);
  if (summary.ok > 0) page.labelled("latency", Ink::plain, 10, quantiles_sentence(summary.latency_ms), 2);
  page.labelled(
      "refused", Ink::plain, 10,
      refusals_sentence(summary) + (summary.refusals_by_holder.empty()
                                        ? ""
                                        : "; mostly held by " + summary.refusals_by_holder.front().holder),
      2);
  const auto with = [&](Verdict verdict) {
    return std::count_if(summary.checks.begin(), summary.checks.end(),
                         [&](const Finding& finding) { return decides(finding, verdict); });
  };
  page.labelled("checks", Ink::plain, 10,
                fmt::format("{} passed, {} failed, {} not determined, {} not applicable", with(Verdict::pass),
                            with(Verdict::fail), with(Verdict::unknown), with(Verdict::not_applicable)),
                2);
  if (!summary.warnings.empty())
    page.labelled("warnings", Ink::plain, 10,
                  fmt::format("{}, in report.md and with --verbose", format_count(summary.warnings.size())),
                  2);
  page.paragraph(headline_of(summary).facts);
  return std::move(page).text();
}

std::string render_terminal(const Summary& summary, bool colour, int columns) {
  TerminalPage page(colour, columns);
  show_verdict(page, summary);
  show_result(page, summary);
  show_retries(page, summary);
  show_refusals(page, summary);
  show_faults(page, summary);
  show_checks(page, summary);
  show_failed_agents(page, summary);
  if (!summary.warnings.empty()) {
    page.heading("Warnings");
    show_first(page, summary.warnings, most_warnings_listed, "more warning",
               [&](const std::string& warning) { page.labelled("-", Ink::plain, 2, warning, 2); });
  }
  show_not_modelled(page, summary);
  show_tolerated(page, summary);
  show_how(page, summary);
  return std::move(page).text();
}

}  // namespace holdfast
