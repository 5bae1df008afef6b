// Sentences about a Summary, the same in every format. Plain text: renderers escape it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/summary/summary.h"

namespace holdfast {

// How much evidence a p gives. Conventional steps; the figure is always shown beside the words.
std::string evidence_words(double p);

std::string verdict_word(RunVerdict verdict);             // PASS, FAIL, INCONCLUSIVE
std::string headline(const Summary& summary);             // "broadcast-8: Eight agents …"
std::string broadcasts_sentence(const Summary& summary);  // how many were acknowledged, with the interval
std::string agents_sentence(const Summary& summary);      // 8 of 8, with the interval
std::string evidence_sentence(const Summary& summary);    // what that shows, and what the claim requires
std::string budget_sentence(const Summary& summary);      // the policy on paper against the policy as run
std::string refusals_sentence(const Summary& summary);    // how many, by code
std::string failure_sentence(const Finding& finding);     // "delivered: 5 of 8 agents succeeded"
std::string waived_sentence(const Finding& finding);  // "lost: 84 of 128; agent 0 …; waived: no lock …"
std::string injector_sentence(const InjectorSummary& injector);
std::string planned_wait(const RetryStep& step);  // "100 ms", "0 ms to 100 ms", "not planned"
std::string windows_code(std::uint16_t code);     // "5 (access denied)"
std::string pids_text(const std::vector<std::int32_t>& pids, std::size_t at_most);
std::string quantiles_sentence(const Quantiles& quantiles);  // "p50 12 ms, p90 …"

struct EnvironmentLine {
  std::string_view what;
  std::string value;
};
std::vector<EnvironmentLine> environment(const Summary& summary);

}  // namespace holdfast
