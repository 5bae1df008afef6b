// junit.xml of a series: one testcase a trial, and one for the series. Some testcase fails or errs exactly
// when the exit code is not 0; a trial that does not decide (its variant is not judged, or a sequential test
// weighs all of them) is skipped when it did not pass, with what it said.
#include <fmt/format.h>

#include "reports/format/junit_suite.h"
#include "reports/format/number_format.h"
#include "reports/trials/sentences.h"

namespace holdfast {
namespace {

void add_trial(JunitSuite& suite, const TrialsSummary& summary, const Trial& trial) {
  const TrialsVariant& variant = summary.plan.variants[trial.variant];
  pugi::xml_node node =
      suite.testcase(variant_label(summary.plan, trial.variant), fmt::format("seed {}", trial.seed));
  set_attribute(node, "time", fmt::format("{:.3f}", trial.duration_s));
  const std::string said = fmt::format("{}; kept in {}; {}", trial.reason, trial.directory, trial.command);
  const bool decides = variant.judged && summary.plan.stop != StopRule::when_sure;
  if (trial.verdict == RunVerdict::pass) return;
  if (!decides) return suite.skipped(node, fmt::format("{}, not judged: {}", to_string(trial.verdict), said));
  if (trial.verdict == RunVerdict::fail) return suite.failure(node, "trial", said);
  suite.error(node, "inconclusive", said);
}

}  // namespace

std::string render_trials_junit(const TrialsSummary& summary) {
  double duration_s = 0;
  for (const Trial& trial : summary.trials) duration_s += trial.duration_s;
  JunitDocument document(summary.plan.scenario, duration_s, summary.plan.started_at);
  const pugi::xml_node properties = document.properties();
  add_property(properties, "verdict", to_string(summary.verdict));
  add_property(properties, "seed", std::to_string(summary.plan.seed));
  add_property(properties, "design", design_sentence(summary));
  for (const auto& comparison : summary.comparisons)
    add_property(properties, "comparison", comparison_sentence(summary, comparison));
  for (const auto& settings : settings_sentences(summary)) add_property(properties, "variant", settings);
  for (const auto& sentence : waived_sentences(summary)) add_property(properties, "waived", sentence);
  add_property(properties, "command", summary.plan.command);
  for (const Trial& trial : summary.trials) add_trial(document.suite(), summary, trial);
  pugi::xml_node series = document.suite().testcase("series", "the series as a whole");
  std::string reasons;
  for (const auto& reason : summary.reasons) reasons += (reasons.empty() ? "" : "; ") + reason;
  if (summary.exit_code == 2) document.suite().error(series, "inconclusive", reasons);
  if (summary.exit_code == 1 || summary.exit_code == 3) document.suite().failure(series, "fail", reasons);
  return document.bytes();
}

}  // namespace holdfast
