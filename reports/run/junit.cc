// junit.xml: one suite a run, one testcase for each check, agent and expectation, and one for whether the run
// can be judged at all. Some testcase fails or errs exactly when the exit code is not 0, so that a CI server
// that reads only this file says the same as the gate.
#include <fmt/format.h>

#include <algorithm>

#include "reports/format/junit_suite.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/run/render.h"
#include "reports/summary/headline.h"
#include "reports/summary/sentences.h"
#include "reports/summary/verdict.h"

namespace holdfast {
namespace {

void add_checks(JunitSuite& suite, const Summary& summary) {
  const Headline answer = headline_of(summary);
  const Finding* const first_failure = told_first(summary);
  for (const auto& finding : summary.checks) {
    pugi::xml_node node = suite.testcase("checks", finding.name + ": " + check_title(finding.name));
    const std::string witness = finding.witness.value_or("");
    if (finding.waived) {
      suite.skipped(node, waived_sentence(finding));
      continue;
    }
    switch (finding.verdict) {
      case Verdict::pass:
        break;
      case Verdict::fail:
        // What else failed along with the first is told, and is no failure of its own.
        if (&finding != first_failure)
          suite.skipped(node, failure_sentence(finding) + (witness.empty() ? "" : "; " + witness));
        else
          suite.failure(
              node, finding.name,
              answer.sentence + " " + failure_sentence(finding) + (witness.empty() ? "" : "; " + witness));
        break;
      case Verdict::unknown:
        // In a run that cannot be judged, or failed by another check, that one says so.
        suite.skipped(node, "not determined: " + (witness.empty() ? "nothing was observed" : witness));
        break;
      case Verdict::not_applicable:
        suite.skipped(node, witness.empty() ? "not applicable" : witness);
        break;
    }
  }
}

// What agents did is shown, and fails nothing: one cause is one failure, that of a check.
void add_agents(JunitSuite& suite, const Summary& summary) {
  for (const auto& agent : summary.agents) {
    pugi::xml_node node = suite.testcase("agents", fmt::format("agent {}", agent.id));
    const std::string figures =
        fmt::format("{} attempted, {} acknowledged, {} failed, {} unknown; {}; {}",
                    format_counted(agent.attempted, "broadcast"), agent.ok, agent.failed, agent.unknown,
                    format_counted(agent.retries, "retry", "retries"), agent.ended);
    if (agent.retries > 0) {  // a retried success is shown, not hidden
      pugi::xml_node properties = node.append_child("properties");
      add_property(properties, "retries", std::to_string(agent.retries));
      add_property(properties, "waited_ms", fmt::format("{}", agent.waited_ms));
    }
    if (agent.retries > 0 && agent.succeeded) {
      suite.flaky(node, "refused",
                  fmt::format("succeeded after {} and {} of waiting",
                              format_counted(agent.retries, "retry", "retries"), format_ms(agent.waited_ms)));
    }
    pugi::xml_node output = node.append_child("system-out");
    output.text().set(one_line(figures).c_str());
  }
}

// What makes a run inconclusive may belong to no check: an interruption, a damaged event file. It
// gets a testcase.
void add_expectations(JunitSuite& suite, const Summary& summary) {
  for (const auto& result : summary.expectations) {
    pugi::xml_node node = suite.testcase("expectations", result.expectation.figure);
    if (!result.met) suite.failure(node, "expectation", expectation_sentence(result));
  }
  pugi::xml_node judged = suite.testcase("run", "the run can be judged");
  std::string reasons;
  for (const auto& reason : summary.reasons) reasons += (reasons.empty() ? "" : "; ") + reason;
  const int code = exit_code(summary);
  if (code == 2) suite.error(judged, "inconclusive", reasons);
  const bool said = std::any_of(summary.checks.begin(), summary.checks.end(),
                                [](const Finding& finding) { return decides(finding, Verdict::fail); });
  if (code == 1 && !said) suite.failure(judged, "fail", reasons);
}

}  // namespace

std::string render_junit(const ReportInput& input) {
  const Summary& summary = input.summary;
  JunitDocument document(summary.scenario, summary.duration_s, summary.started_at);
  JunitSuite& suite = document.suite();
  const pugi::xml_node properties = document.properties();
  if (!summary.variant.empty()) add_property(properties, "variant", summary.variant);
  add_property(properties, "verdict", to_string(summary.verdict));
  add_property(properties, "seed", std::to_string(summary.seed));
  add_property(properties, "broadcasts", broadcasts_sentence(summary));
  add_property(properties, "agents", agents_sentence(summary));
  add_property(properties, "retries", budget_sentence(summary));
  add_property(properties, "refusals", refusals_sentence(summary));
  add_property(properties, "command", summary.command);
  for (const auto& sentence : summary.not_modelled) add_property(properties, "not modelled", sentence);
  for (const auto& sentence : summary.tolerated) add_property(properties, "tolerated", sentence);
  add_checks(suite, summary);
  add_agents(suite, summary);
  add_expectations(suite, summary);
  return document.bytes();
}

}  // namespace holdfast
