// report.md: a validation report in the shape of the origin's, with what that one could not know.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/format/text_table.h"
#include "reports/run/over_time.h"
#include "reports/run/render.h"
#include "reports/summary/headline.h"
#include "reports/summary/sentences.h"
#include "reports/summary/shortened.h"
#include "reports/summary/verdict.h"

namespace holdfast {
namespace {

constexpr std::size_t most_agent_rows = 32;  // more than that are grouped
constexpr std::size_t most_holder_rows = 32;
constexpr std::size_t markdown_bar_columns = 30;

std::string markdown_heading(const std::string& text) {
  return fmt::format("\n## {}\n\n", text);
}

std::string bullets(const std::vector<std::string>& sentences) {
  std::string list;
  for (const auto& sentence : sentences) list += fmt::format("- {}\n", markdown_text(sentence));
  return list;
}

std::string verdict_part(const Summary& summary) {
  const Headline answer = headline_of(summary);
  std::string part = fmt::format("# Validation report: {}\n\n**Verdict: {}**\n\n{}\n\n",
                                 markdown_text(summary.title.empty() ? summary.scenario : summary.title),
                                 answer.badge, markdown_text(answer.sentence));
  if (!answer.figure.empty())
    part += fmt::format("**{}** {}\n\n", markdown_text(answer.figure), markdown_text(answer.what));
  if (!answer.evidence.empty())
    part += fmt::format("The record shows: {}.\n\n", markdown_text(answer.evidence));
  if (!answer.advice.empty()) part += fmt::format("What to do: {}\n\n", markdown_text(answer.advice));
  return part + markdown_text(answer.facts) + "\n\n" + bullets(summary.reasons);
}

std::string checklist_part(const Summary& summary) {
  std::string part = markdown_heading("What was checked");
  for (const auto& finding : summary.checks) {
    if (finding.waived) {
      part += fmt::format("- Waived, so it does not count: {}\n", markdown_text(waived_sentence(finding)));
      continue;
    }
    const bool passed = finding.verdict == Verdict::pass;
    part += fmt::format("- [{}] {}", passed ? "x" : " ", markdown_text(check_title(finding.name)));
    if (passed) part += fmt::format(" ({} checked)", format_count(finding.checked));
    if (finding.verdict == Verdict::fail) {
      part += fmt::format(": **failed for {} of {}**", format_count(finding.count),
                          format_count(finding.checked));
    }
    if (finding.verdict == Verdict::unknown) part += ": **not determined**";
    if (finding.verdict == Verdict::not_applicable) part += ": not applicable";
    if (finding.witness && !finding.witness->empty())
      part.append(" – ").append(markdown_text(*finding.witness));
    part += "\n";
  }
  for (const auto& result : summary.expectations) {
    part += fmt::format("- [{}] {}{}\n", result.met ? "x" : " ", markdown_text(expectation_sentence(result)),
                        result.met ? "" : ": **missed**");
  }
  return part;
}

std::string latency_sentence(const Summary& summary) {
  const Quantiles& ms = summary.latency_ms;
  if (summary.latency_p999_ms == 0) return quantiles_sentence(ms);  // a result older than that figure
  return fmt::format("p50 {}, p90 {}, p99 {}, p99.9 {}, max {}", format_ms(ms.p50), format_ms(ms.p90),
                     format_ms(ms.p99), format_ms(summary.latency_p999_ms), format_ms(ms.max));
}

std::string result_part(const Summary& summary) {
  TableRows rows{{"Broadcasts", markdown_text(broadcasts_sentence(summary))},
                 {"Agents", markdown_text(agents_sentence(summary))}};
  if (summary.ok > 0) {
    rows.push_back({"Latency from the intended start", markdown_text(latency_sentence(summary))});
  }
  rows.push_back({"Refusals", markdown_text(refusals_sentence(summary))});
  return markdown_heading("Result") + markdown_table({{"What"}, {"Figure"}}, rows) +
         markdown_heading("Confidence") + markdown_text(evidence_sentence(summary)) + "\n";
}

std::string retries_part(const Summary& summary) {
  std::string part = markdown_heading("Retries") + markdown_text(budget_sentence(summary)) + "\n";
  if (!summary.retry_steps.empty()) {
    TableRows rows;
    for (const auto& step : summary.retry_steps) {
      const auto observed = [&](double ms) { return step.observed > 0 ? format_ms(ms) : std::string("–"); };
      rows.push_back({std::to_string(step.retry), markdown_text(planned_wait(step)),
                      format_count(step.observed), markdown_text(observed(step.observed_ms.p50)),
                      markdown_text(observed(step.observed_ms.p99)),
                      markdown_text(observed(step.observed_ms.max))});
    }
    part += "\n";
    part += markdown_table({{"Retry", Align::right},
                            {"Planned wait", Align::right},
                            {"Waits observed", Align::right},
                            {"p50", Align::right},
                            {"p99", Align::right},
                            {"max", Align::right}},
                           rows);
  }
  if (summary.attempted == 0) return part;
  std::uint64_t greatest = 0;
  for (const auto& [retries, broadcasts] : summary.retry_histogram) greatest = std::max(greatest, broadcasts);
  TableRows rows;
  for (const auto& [retries, broadcasts] : summary.retry_histogram) {
    rows.push_back({format_count(retries), format_count(broadcasts),
                    text_bar(broadcasts, greatest, markdown_bar_columns)});
  }
  return part + "\n" +
         markdown_table({{"Retries needed", Align::right}, {"Broadcasts", Align::right}, {"", Align::left}},
                        rows);
}

// "0–4, 7, 9–12", and an end mark after twelve pieces.
std::string id_ranges(const std::vector<std::uint32_t>& ids) {
  std::string text;
  std::size_t pieces = 0;
  for (std::size_t first = 0; first < ids.size();) {
    std::size_t last = first;
    while (last + 1 < ids.size() && ids[last + 1] == ids[last] + 1) ++last;
    if (++pieces > 12) return text + ", …";
    if (!text.empty()) text += ", ";
    text += last == first ? std::to_string(ids[first]) : fmt::format("{}–{}", ids[first], ids[last]);
    first = last + 1;
  }
  return text;
}

// Agents that fared alike share a row; those that did not succeed come first.
std::string grouped_agents(const Summary& summary) {
  struct AgentGroup {
    std::vector<std::uint32_t> ids;
    std::uint64_t attempted = 0, ok = 0, failed = 0, unknown = 0, retries = 0;
    double waited_ms_max = 0;
  };
  std::map<std::pair<bool, std::string>, AgentGroup> groups;
  for (const auto& agent : summary.agents) {
    AgentGroup& group = groups[{agent.succeeded, agent.ended}];
    group.ids.push_back(agent.id);
    group.attempted += agent.attempted;
    group.ok += agent.ok;
    group.failed += agent.failed;
    group.unknown += agent.unknown;
    group.retries += agent.retries;
    group.waited_ms_max = std::max(group.waited_ms_max, agent.waited_ms);
  }
  TableRows rows;
  for (auto& [key, group] : groups) {
    if (rows.size() == most_agent_rows) break;
    std::sort(group.ids.begin(), group.ids.end());
    rows.push_back({format_count(group.ids.size()), id_ranges(group.ids), key.first ? "yes" : "**no**",
                    format_count(group.attempted), format_count(group.ok), format_count(group.failed),
                    format_count(group.unknown), format_count(group.retries),
                    markdown_text(format_ms(group.waited_ms_max)), markdown_text(key.second)});
  }
  std::string table = markdown_table({{"Agents", Align::right},
                                      {"Ids"},
                                      {"Succeeded"},
                                      {"Attempted", Align::right},
                                      {"Ok", Align::right},
                                      {"Failed", Align::right},
                                      {"Unknown", Align::right},
                                      {"Retries", Align::right},
                                      {"Waited at most", Align::right},
                                      {"Ended"}},
                                     rows);
  if (groups.size() > rows.size())
    table += fmt::format("\n… and {}.\n", format_counted(groups.size() - rows.size(), "more group"));
  return table;
}

std::string over_time_part(const Summary& summary) {
  const std::string table = over_time_table(summary);
  return table.empty() ? "" : markdown_heading("Over time") + table;
}

std::string agents_part(const Summary& summary) {
  std::string part = markdown_heading("Agents");
  if (summary.agents.empty()) return part + "No agent is on record.\n";
  if (summary.agents.size() > most_agent_rows) return part + grouped_agents(summary);
  TableRows rows;
  for (const auto& agent : summary.agents) {
    rows.push_back({std::to_string(agent.id), agent.succeeded ? "yes" : "**no**",
                    format_count(agent.attempted), format_count(agent.ok), format_count(agent.failed),
                    format_count(agent.unknown), format_count(agent.retries),
                    markdown_text(format_ms(agent.waited_ms)), markdown_text(agent.ended)});
  }
  return part + markdown_table({{"Agent", Align::right},
                                {"Succeeded"},
                                {"Attempted", Align::right},
                                {"Ok", Align::right},
                                {"Failed", Align::right},
                                {"Unknown", Align::right},
                                {"Retries", Align::right},
                                {"Waited", Align::right},
                                {"Ended"}},
                               rows);
}

std::string holders_part(const Summary& summary) {
  std::string part = markdown_heading("Who held the file");
  if (summary.refusals_by_holder.empty()) return part + "No call was refused.\n";
  TableRows rows;
  for (const auto& holder : summary.refusals_by_holder) {
    if (rows.size() == most_holder_rows) break;
    rows.push_back({format_count(holder.count), markdown_text(holder.holder), markdown_code(holder.program),
                    markdown_code(holder.share), pids_text(holder.pids, 8)});
  }
  part += markdown_table(
      {{"Refusals", Align::right}, {"Holder"}, {"Program"}, {"Share mode"}, {"Process ids"}}, rows);
  if (summary.refusals_by_holder.size() > rows.size()) {
    part += fmt::format("\n… and {}.\n",
                        format_counted(summary.refusals_by_holder.size() - rows.size(), "more holder"));
  }
  return part + "\nA refusal with several holders counts for each of them.\n";
}

std::string faults_part(const Summary& summary) {
  std::string part = markdown_heading("Faults");
  if (summary.injectors.empty()) return part + "None were planned.\n";
  TableRows rows;
  for (const auto& injector : summary.injectors) {
    rows.push_back({markdown_text(injector.name), markdown_text(injector.kind),
                    markdown_text(injector_sentence(injector))});
  }
  part += markdown_table({{"Injector"}, {"Kind"}, {"What it did"}}, rows);
  for (const auto& injector : summary.injectors) {
    if (injector.calls.empty()) continue;
    part += fmt::format("\nThe file calls of a save, as {} met them:\n\n", markdown_text(injector.name));
    for (const std::string& call : injector.calls) part += fmt::format("1. {}\n", markdown_code(call));
  }
  return part;
}

std::string how_part(const Summary& summary) {
  TableRows rows;
  for (const auto& line : environment(summary)) {
    rows.push_back({std::string(line.what), markdown_text(line.value)});
  }
  std::string part = markdown_heading("Environment") + markdown_table({{"What"}, {"Value"}}, rows);
  if (!summary.command.empty()) part += markdown_heading("Repeat this run") + markdown_block(summary.command);
  return part;
}

}  // namespace

std::string render_markdown(const ReportInput& input) {
  const Summary summary = shortened(input.summary);
  std::string report = verdict_part(summary) + checklist_part(summary) + result_part(summary) +
                       retries_part(summary) + over_time_part(summary) + agents_part(summary) +
                       holders_part(summary) + faults_part(summary);
  if (!summary.warnings.empty()) report += markdown_heading("Warnings") + bullets(summary.warnings);
  if (!summary.not_modelled.empty())
    report += markdown_heading("Not modelled") + bullets(summary.not_modelled);
  if (!summary.tolerated.empty())
    report += markdown_heading("What was tolerated") + bullets(summary.tolerated);
  return report + how_part(summary);
}

}  // namespace holdfast
