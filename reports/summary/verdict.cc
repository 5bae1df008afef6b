#include "reports/summary/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/scenario/check_names.h"
#include "harness/scenario/figures.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/summary/sentences.h"

namespace holdfast {
namespace {

constexpr std::size_t most_doubts_told = 3;

// The worst first: what destroys data before what only fails to store it.
std::uint8_t gravity(const Finding& finding) {
  const CheckRow* const row = find_check(finding.name);
  return row == nullptr ? unranked : row->gravity;
}

std::vector<const Finding*> findings_with(const std::vector<Finding>& findings, Verdict verdict) {
  std::vector<const Finding*> chosen;
  for (const auto& finding : findings) {
    if (decides(finding, verdict)) chosen.push_back(&finding);
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const Finding* a, const Finding* b) { return gravity(*a) < gravity(*b); });
  return chosen;
}

std::string reason_of(const Finding& finding) {
  const std::string witness = finding.witness.value_or("");
  if (finding.verdict == Verdict::fail) {
    const std::string numbers = failure_sentence(finding);
    return witness.empty() ? numbers : numbers + "; " + witness;
  }
  return fmt::format("{} not determined: {}", finding.name,
                     witness.empty() ? "nothing was observed" : witness);
}

// What follows from one cause is one line: a run that was cut short, or in which nothing was acknowledged, leaves most
// checks without anything to look at.
void tell_undetermined(const Summary& summary, const RunState& state, std::vector<std::string>& reasons) {
  const auto unknown = findings_with(summary.checks, Verdict::unknown);
  const bool nothing_done = summary.attempted > 0 && summary.ok == 0;
  if (unknown.size() < 2 || !(state.interrupted || nothing_done)) {
    for (const Finding* finding : unknown) reasons.push_back(reason_of(*finding));
    return;
  }
  std::string names;
  for (const Finding* finding : unknown) names += (names.empty() ? "" : ", ") + finding->name;
  reasons.push_back(fmt::format("{} not determined, because {}: {}", format_counted(unknown.size(), "check"),
                                nothing_done ? "no broadcast was acknowledged" : "the run was interrupted",
                                names));
}

void tell_doubts(const RunState& state, std::vector<std::string>& reasons) {
  for (std::size_t at = 0; at < std::min(state.doubts.size(), most_doubts_told); ++at) {
    reasons.push_back("in doubt: " + state.doubts[at].text);
  }
  if (state.doubts.size() > most_doubts_told) {
    const std::uint64_t more = state.doubts.size() - most_doubts_told;
    reasons.push_back(fmt::format("and {}, listed under warnings", format_counted(more, "more doubt")));
  }
}

std::string reason_to_pass(const Summary& summary) {
  const auto passed =
      static_cast<std::uint64_t>(std::count_if(summary.checks.begin(), summary.checks.end(),
                                               [](const Finding& f) { return decides(f, Verdict::pass); }));
  std::string reason =
      fmt::format("{} of {} acknowledged; {} passed", format_count(summary.ok),
                  format_counted(summary.attempted, "broadcast"), format_counted(passed, "check"));
  std::uint64_t cut_short = 0;
  for (const auto& injector : summary.injectors) cut_short += injector.cut_short;
  if (cut_short > 0)
    reason += fmt::format("; {} cut short by planned kills", format_counted(cut_short, "broadcast"));
  if (!summary.expectations.empty()) {
    reason += fmt::format("; {}",
                          format_counted(summary.expectations.size(), "expectation met", "expectations met"));
  }
  std::string waived;
  for (const auto& finding : summary.checks) {
    if (finding.waived) waived += (waived.empty() ? "" : ", ") + finding.name;
  }
  return waived.empty() ? reason : fmt::format("{}; waived: {}", reason, waived);
}

}  // namespace

const Finding* gravest_failure(const Summary& summary) {
  return gravest_failure(summary.checks);
}

const Finding* gravest_failure(const std::vector<Finding>& findings) {
  const auto failed = findings_with(findings, Verdict::fail);
  return failed.empty() ? nullptr : failed.front();
}

Judgement judge(const Summary& summary, const RunState& state) {
  std::vector<std::string> failures;
  std::vector<std::string> doubts;
  std::vector<std::string> missed;
  for (const Finding* finding : findings_with(summary.checks, Verdict::fail))
    failures.push_back(reason_of(*finding));
  if (state.interrupted)
    doubts.push_back(fmt::format("interrupted after {} of {}", format_count(summary.attempted),
                                 format_counted(std::max(summary.planned, summary.attempted), "broadcast")));
  if (state.timed_out) doubts.emplace_back("the run did not finish within its deadline");
  if (!state.complete && !state.interrupted && !state.timed_out) {
    doubts.emplace_back("incomplete run: the Holdfast process that conducted it died");
  }
  if (summary.attempted == 0) doubts.emplace_back("no broadcast was attempted, so nothing was tested");
  if (summary.checks.empty()) doubts.emplace_back("nothing was checked");
  tell_undetermined(summary, state, doubts);
  tell_doubts(state, doubts);
  for (const auto& result : summary.expectations) {
    if (!result.met) missed.push_back(fmt::format("expectation missed: {}", expectation_sentence(result)));
  }

  Judgement judgement;
  judgement.verdict = !failures.empty() ? RunVerdict::fail
                      : !doubts.empty() ? RunVerdict::inconclusive
                      : !missed.empty() ? RunVerdict::fail
                                        : RunVerdict::pass;
  for (const auto* reasons : {&failures, &doubts, &missed}) {
    judgement.reasons.insert(judgement.reasons.end(), reasons->begin(), reasons->end());
  }
  if (judgement.reasons.empty()) judgement.reasons.push_back(reason_to_pass(summary));
  return judgement;
}

ExpectationResult evaluate(const Expectation& expectation, const Summary& summary) {
  ExpectationResult result{expectation, figure(summary, expectation.figure), false};
  if (!result.value) return result;
  switch (expectation.relation) {
    case Relation::at_least:
      result.met = *result.value >= expectation.value;
      break;
    case Relation::at_most:
      result.met = *result.value <= expectation.value;
      break;
    case Relation::equals:
      result.met = *result.value == expectation.value;
      break;
  }
  return result;
}

std::string expectation_sentence(const ExpectationResult& result) {
  std::string relation(relation_name(result.expectation.relation));
  std::replace(relation.begin(), relation.end(), '_', ' ');
  if (result.expectation.relation == Relation::equals) relation = "exactly";
  const Figure* named = find_figure(result.expectation.figure);
  const std::string unit = named != nullptr && named->unit == "ms" ? " ms" : "";
  return fmt::format("'{}'{} (required: {} {}{})", result.expectation.figure,
                     result.value ? fmt::format(" is {}{}", format_figure(*result.value), unit) : ": no data",
                     relation, format_figure(result.expectation.value), unit);
}

// The worst of what the verdict and its parts say, so that a result edited by hand cannot pass a gate.
int exit_code(const Summary& summary) {
  const auto any = [&](Verdict verdict) {
    return std::any_of(summary.checks.begin(), summary.checks.end(),
                       [&](const Finding& finding) { return decides(finding, verdict); });
  };
  if (any(Verdict::fail)) return 1;
  if (summary.verdict == RunVerdict::inconclusive || any(Verdict::unknown) || summary.attempted == 0)
    return 2;
  if (std::any_of(summary.expectations.begin(), summary.expectations.end(),
                  [](const ExpectationResult& result) { return !result.met; })) {
    return 3;
  }
  return summary.verdict == RunVerdict::fail ? 1 : 0;
}

std::string_view to_string(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::pass:
      return "pass";
    case RunVerdict::fail:
      return "fail";
    case RunVerdict::inconclusive:
      break;
  }
  return "inconclusive";
}

std::string_view relation_name(Relation relation) {
  switch (relation) {
    case Relation::at_least:
      return "at_least";
    case Relation::at_most:
      return "at_most";
    case Relation::equals:
      break;
  }
  return "equals";
}

std::string check_title(const std::string& name) {
  const CheckRow* const row = find_check(name);
  return row == nullptr ? name : std::string(row->title);
}

}  // namespace holdfast
