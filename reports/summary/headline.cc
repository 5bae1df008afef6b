#include "reports/summary/headline.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/check_names.h"
#include "reports/format/number_format.h"
#include "reports/summary/sentences.h"
#include "reports/summary/verdict.h"

namespace holdfast {
namespace {

// Null if its check has no words for what is wrong with what it counts.
const CheckRow* words_of(const Finding& finding) {
  const CheckRow* const row = find_check(finding.name);
  return row == nullptr || row->went_wrong.empty() || finding.count > finding.checked ? nullptr : row;
}

std::string in_full(const Finding& finding) {
  return fmt::format("{} of {}", format_count(finding.count), format_count(finding.checked));
}

// "62 % of acknowledged messages were lost", "3 of 8 agents did not succeed"
std::string failure_in_words(const Finding& finding) {
  const CheckRow* const words = words_of(finding);
  if (words == nullptr) return failure_sentence(finding);
  constexpr std::uint64_t enough_for_a_share = 20;
  const double share =
      finding.checked == 0 ? 0 : static_cast<double>(finding.count) / static_cast<double>(finding.checked);
  const bool as_share = finding.checked >= enough_for_a_share && share >= 0.1;
  const std::string much = finding.count == finding.checked && finding.checked > 1 ? "all"
                           : as_share ? format_percent(share) + " of"
                                      : in_full(finding);
  return fmt::format("{} {} {}", much, words->subjects, words->went_wrong);
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string facts_of(const Summary& summary) {
  std::vector<std::string> facts;
  if (!summary.store.empty()) facts.push_back(summary.store);
  for (const auto& [key, value] : summary.labels) facts.push_back(fmt::format("{} {}", key, value));
  for (const std::string* fact : {&summary.started_at, &summary.kernel}) {
    if (!fact->empty()) facts.push_back(*fact);
  }
  facts.push_back(fmt::format("seed {}", summary.seed));
  facts.push_back(fmt::format("{:.1f}\u00a0s", summary.duration_s));
  return fmt::format("{}", fmt::join(facts, " · "));
}

}  // namespace

const Finding* told_first(const Summary& summary) {
  if (summary.cause) {
    const Finding* const explained = finding_of(summary, summary.cause->check);
    if (explained != nullptr && decides(*explained, Verdict::fail)) return explained;
  }
  return gravest_failure(summary);
}

std::string verdict_badge(const Summary& summary) {
  const auto waived = static_cast<std::uint64_t>(
      std::count_if(summary.checks.begin(), summary.checks.end(), [](const Finding& finding) {
        return finding.waived && (finding.verdict == Verdict::fail || finding.verdict == Verdict::unknown);
      }));
  const std::string word = verdict_word(summary.verdict);
  return waived == 0 ? word : fmt::format("{}, {} waived", word, format_counted(waived, "check"));
}

Headline headline_of(const Summary& summary) {
  Headline answer;
  answer.badge = verdict_badge(summary);
  answer.facts = facts_of(summary);
  if (const Finding* const failed = told_first(summary)) {
    answer.sentence = capital(failure_in_words(*failed));
    const CheckRow* const words = words_of(*failed);
    answer.figure = words != nullptr ? in_full(*failed) : format_count(failed->count);
    answer.what = words != nullptr ? fmt::format("{} {}", words->subjects, words->went_wrong) : failed->name;
    if (summary.cause) {
      answer.sentence += ": " + summary.cause->sentence;
      answer.evidence = summary.cause->evidence;
      answer.advice = summary.cause->advice;
    }
    answer.sentence += ".";
    return answer;
  }
  answer.sentence = summary.reasons.empty() ? "" : capital(summary.reasons.front()) + ".";
  const auto missed =
      std::find_if(summary.expectations.begin(), summary.expectations.end(),
                   [](const ExpectationResult& result) { return !result.met && result.value; });
  if (summary.verdict == RunVerdict::fail && missed != summary.expectations.end()) {
    answer.figure = format_figure(*missed->value);
    answer.what = expectation_sentence(*missed);
  } else if (summary.attempted > 0) {
    answer.figure = fmt::format("{} of {}", format_count(summary.ok), format_count(summary.attempted));
    answer.what = "broadcasts acknowledged";
  }
  return answer;
}

}  // namespace holdfast
