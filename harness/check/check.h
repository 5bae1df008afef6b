// A check: a pure function from the evidence (what was planned and what happened) to a verdict with a witness.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/delivery.h"
#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

enum class Verdict : std::uint8_t {
  pass,
  fail,
  unknown,         // it could not tell, or saw nothing where it should have
  not_applicable,  // the scenario gives it nothing to do
};

struct Finding {
  std::string name;  // "lost"
  Verdict verdict = Verdict::unknown;
  std::uint64_t checked = 0;                         // how many things it examined
  std::uint64_t count = 0;                           // how many of these were bad
  std::optional<std::string> witness;                // the smallest bad one, in prose; for unknown: why
  std::optional<std::string> waived = std::nullopt;  // the scenario's reason why this one does not decide
};

// What checks judge. It refers to the plan and the history, which must outlive it.
struct Evidence {
  Evidence(const Plan& planned, const History& happened)
      : plan(planned), history(happened), delivery(planned, happened) {}

  const Plan& plan;
  const History& history;
  Delivery delivery;
};

using Check = Finding (*)(const Evidence&);

struct NamedCheck {
  std::string_view name;
  std::string_view title;  // true if it passes, for checklists: "No acknowledged message was lost"
  Check run;
};

// Every check, in the order reports show them.
const std::vector<NamedCheck>& all_checks();

// Whether the finding has this verdict and is not waived.
inline bool decides(const Finding& finding, Verdict verdict) {
  return finding.verdict == verdict && !finding.waived;
}

// Ends a check: it fails if anything bad was counted. If not, it cannot tell because of `doubt`, passes if it examined
// anything, and otherwise cannot tell because of `nothing`, or is not applicable if that is empty too.
Finding concluded(Finding finding, std::string doubt, std::string nothing);

// A check that throws is `unknown`, with what it threw as the witness.
Finding run_check(const NamedCheck& check, const Evidence& evidence);
std::vector<Finding> run_checks(const Plan& plan, const History& history);

std::string_view to_string(Verdict verdict);  // "pass", "fail", "unknown", "not-applicable"

}  // namespace holdfast
