#include "reports/summary/headline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/format/number_format.h"
#include "reports/summary/sentences.h"
#include "reports/summary/verdict.h"

namespace holdfast {
namespace {

// What is wrong with what a check counts, as "62 % of SUBJECTS WENT WRONG".
struct WentWrong {
  std::string_view check, subjects, went_wrong;
};

constexpr auto went_wrong = std::to_array<WentWrong>({
    {"delivered", "agents", "failed"},
    {"lost", "acknowledged messages", "were lost"},
    {"phantom", "messages read", "had never been sent to their reader"},
    {"duplicate", "messages read", "were there twice"},
    {"order", "messages read", "were out of order"},
    {"divergent-order", "messages read", "have no one order"},
    {"torn-read", "loads and bodies", "were incomplete"},
    {"vanished", "messages once read", "vanished from a later read"},
    {"stale-read", "messages looked for", "were missing from a read and there in a later one"},
    {"resurrected", "messages reported as failed", "turned up in the queue"},
    {"durability", "acknowledged messages", "were gone after a kill"},
    {"leaks", "agents", "kept a lock or files open"},
    {"retry-discipline", "refused operations", "broke the retry policy"},
    {"swallowed-refusal", "acknowledged saves with a refused rename", "were lost"},
    {"bounded-wait", "operations", "took or waited too long"},
    {"liveness", "agents", "starved"},
    {"progress", "operations after the last fault", "failed"},
});

const WentWrong* words_of(const Finding& finding) {
  const auto row = std::find_if(went_wrong.begin(), went_wrong.end(),
                                [&](const WentWrong& one) { return one.check == finding.name; });
  return row == went_wrong.end() || finding.count > finding.checked ? nullptr : &*row;
}

std::string in_full(const Finding& finding) {
  return fmt::format("{} of {}", format_count(finding.count), format_count(finding.checked));
}

// "62 % of acknowledged messages were lost", "3 of 8 agents did not succeed"
std::string failure_in_words(const Finding& finding) {
  const WentWrong* const words = words_of(finding);
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
    const WentWrong* const words = words_of(*failed);
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
