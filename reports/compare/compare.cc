#include "reports/compare/compare.h"

#include <fmt/format.h>

#include "harness/scenario/check_names.h"
#include "reports/format/number_format.h"
#include "reports/statistics/fisher.h"
#include "reports/summary/sentences.h"

namespace holdfast {
namespace {

double p_of(std::uint64_t before_yes, std::uint64_t before_all, std::uint64_t after_yes,
            std::uint64_t after_all) {
  return fisher_exact({before_yes, before_all - before_yes, after_yes, after_all - after_yes});
}

// "1,032 lost → 0; 0 of 8 agents → 8 of 8.": the counts that decide more than any rate.
std::string what_changed(const Comparison& comparison) {
  const Summary& first = comparison.before;
  const Summary& second = comparison.after;
  std::string sentence;
  for (const CheckRow& check : check_rows) {
    if (check.damage.empty()) continue;
    const Finding* before = finding_of(first, check.name);
    const Finding* after = finding_of(second, check.name);
    const std::uint64_t before_count = before == nullptr ? 0 : before->count;
    const std::uint64_t after_count = after == nullptr ? 0 : after->count;
    if (before_count == 0 && after_count == 0) continue;
    sentence +=
        fmt::format("{} {} → {}; ", format_count(before_count), check.damage, format_count(after_count));
  }
  return sentence + fmt::format("{} of {} succeeded → {} of {}.", format_count(first.agents_succeeded),
                                format_counted(first.agents_total, "agent"),
                                format_count(second.agents_succeeded), format_count(second.agents_total));
}

std::string conclusion_of(const Comparison& comparison) {
  const Summary& before = comparison.before;
  const Summary& after = comparison.after;
  std::string text = fmt::format("{} Verdict: {} before, {} after.", what_changed(comparison),
                                 to_string(before.verdict), to_string(after.verdict));
  if (before.attempted == 0 || after.attempted == 0) {
    return text + " One of the runs attempted nothing, so they cannot be compared.";
  }
  text += fmt::format(" {} of {} succeeded before, {} of {} after; p {}: {}.",
                      format_count(before.agents_succeeded), format_counted(before.agents_total, "agent"),
                      format_count(after.agents_succeeded), format_count(after.agents_total),
                      format_p(comparison.fisher_p_agents), evidence_words(comparison.fisher_p_agents));
  text += fmt::format(
      " {} of {} were acknowledged before, {} of {} after; p {}: {}.", format_count(before.ok),
      format_counted(before.attempted, "broadcast"), format_count(after.ok), format_count(after.attempted),
      format_p(comparison.fisher_p_broadcasts), evidence_words(comparison.fisher_p_broadcasts));
  return text +
         " Agents and broadcasts in one run share its faults, so p is only a hint; several trials give "
         "better evidence.";
}

void caution_if_different(std::vector<std::string>& cautions, const char* what, const std::string& before,
                          const std::string& after) {
  if (before != after) cautions.push_back(fmt::format("{}: {} before, {} after", what, before, after));
}

std::vector<std::string> cautions_of(const Summary& before, const Summary& after) {
  std::vector<std::string> cautions;
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  caution_if_different(cautions, "The number of agents differs", number(before.agents_total),
                       number(after.agents_total));
  caution_if_different(cautions, "The number of planned broadcasts differs", number(before.planned),
                       number(after.planned));
  caution_if_different(cautions, "The seeds differ", number(before.seed), number(after.seed));
  caution_if_different(cautions, "The sharing rules differ", before.rules, after.rules);
  caution_if_different(cautions, "The profiles differ", before.profile, after.profile);
  caution_if_different(cautions, "The filesystems differ", before.filesystem, after.filesystem);
  caution_if_different(cautions, "The kernels differ", before.kernel, after.kernel);
  caution_if_different(cautions, "The versions of Holdfast differ", before.version, after.version);
  const auto faults = [](const Summary& summary) {
    std::string names;
    for (const auto& injector : summary.injectors) names += (names.empty() ? "" : ", ") + injector.name;
    return names.empty() ? std::string("none") : names;
  };
  caution_if_different(cautions, "The injectors differ", faults(before), faults(after));
  if (before.ok != before.attempted || after.ok != after.attempted) {
    cautions.push_back(
        "Latencies cover acknowledged broadcasts only, so a store that fails immediately looks fast");
  }
  for (const auto& [which, summary] : {std::pair{"before", &before}, std::pair{"after", &after}}) {
    if (summary->verdict == RunVerdict::inconclusive) {
      cautions.push_back(
          fmt::format("The run {} is inconclusive: {}", which,
                      summary->reasons.empty() ? "it does not say why" : summary->reasons.front()));
    }
  }
  return cautions;
}

}  // namespace

Comparison compare(Summary before, Summary after) {
  Comparison comparison;
  comparison.before = std::move(before);
  comparison.after = std::move(after);
  const Summary& first = comparison.before;
  const Summary& second = comparison.after;
  comparison.fisher_p_agents =
      p_of(first.agents_succeeded, first.agents_total, second.agents_succeeded, second.agents_total);
  comparison.fisher_p_broadcasts = p_of(first.ok, first.attempted, second.ok, second.attempted);
  comparison.conclusion = conclusion_of(comparison);
  comparison.cautions = cautions_of(first, second);
  return comparison;
}

}  // namespace holdfast
