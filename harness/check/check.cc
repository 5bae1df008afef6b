#include "harness/check/check.h"

#include <exception>
#include <utility>

#include "harness/check/checks.h"
#include "harness/check/prose.h"

namespace holdfast {

const std::vector<NamedCheck>& all_checks() {
  static const std::vector<NamedCheck> checks = {
#define HOLDFAST_CHECK_ROW(file, name, title, gravity, figure, damage, succeeds, subjects, went_wrong) \
  {name, title, check_##file},
#include "harness/scenario/checks.def"
#undef HOLDFAST_CHECK_ROW
  };
  return checks;
}

Finding concluded(Finding finding, std::string doubt, std::string nothing) {
  finding.verdict = Verdict::unknown;
  if (finding.count != 0) {
    finding.verdict = Verdict::fail;
  } else if (!doubt.empty()) {
    finding.witness = std::move(doubt);
  } else if (finding.checked != 0) {
    finding.verdict = Verdict::pass;
  } else if (!nothing.empty()) {
    finding.witness = std::move(nothing);
  } else {
    finding.verdict = Verdict::not_applicable;
  }
  return finding;
}

Finding run_check(const NamedCheck& check, const Evidence& evidence) {
  Finding finding;
  try {
    finding = check.run(evidence);
  } catch (const std::exception& problem) {
    finding = {};
    finding.witness = std::string("the check itself failed: ") + problem.what();
  } catch (...) {
    finding = {};
    finding.witness = "the check itself failed";
  }
  finding.name = check.name;
  if (finding.witness) finding.witness = told(evidence.history, std::move(*finding.witness));
  for (const Waiver& waiver : evidence.plan.scenario.waivers) {
    if (waiver.check == check.name) finding.waived = waiver.reason;
  }
  return finding;
}

std::vector<Finding> run_checks(const Plan& plan, const History& history) {
  const Evidence evidence(plan, history);
  std::vector<Finding> findings;
  for (const NamedCheck& check : all_checks()) findings.push_back(run_check(check, evidence));
  return findings;
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::fail:
      return "fail";
    case Verdict::unknown:
      return "unknown";
    case Verdict::not_applicable:
      return "not-applicable";
  }
  return "unknown";
}

}  // namespace holdfast
