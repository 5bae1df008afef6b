// junit.xml: one suite a run, one testcase for each check, agent and expectation, and one for whether the run
// can be judged at all. Some testcase fails or errs exactly when the exit code is not 0, so that a CI server
// that reads only this file says the same as the gate.
#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "reports/number_format.h"
#include "reports/render.h"
#include "reports/sentences.h"
#include "reports/text.h"
#include "reports/verdict.h"

namespace holdfast {
namespace {

// pugixml writes control characters as they are, which no XML parser reads: every text goes through one_line.
void set_attribute(pugi::xml_node node, const char* name, std::string_view text) {
  node.append_attribute(name).set_value(one_line(text).c_str());
}

class JunitSuite {
 public:
  JunitSuite(pugi::xml_node suite, std::string name) : suite_(suite), name_(std::move(name)) {
    set_attribute(suite_, "name", name_);
    for (const char* count : {"tests", "failures", "errors", "skipped"})
      suite_.append_attribute(count).set_value(0);
  }

  pugi::xml_node testcase(const char* group, std::string_view name) {
    pugi::xml_node node = suite_.append_child("testcase");
    set_attribute(node, "classname", name_ + "." + group);
    set_attribute(node, "name", name);
    increment("tests");
    return node;
  }
  void failure(pugi::xml_node testcase, std::string_view type, std::string_view message) {
    outcome(testcase, "failure", type, message);
    increment("failures");
  }
  void error(pugi::xml_node testcase, std::string_view type, std::string_view message) {
    outcome(testcase, "error", type, message);
    increment("errors");
  }
  void skipped(pugi::xml_node testcase, std::string_view message) {
    set_attribute(testcase.append_child("skipped"), "message", message);
    increment("skipped");
  }

 private:
  static void outcome(pugi::xml_node testcase, const char* element, std::string_view type,
                      std::string_view message) {
    pugi::xml_node node = testcase.append_child(element);
    set_attribute(node, "type", type);
    set_attribute(node, "message", message);
    node.text().set(one_line(message).c_str());
  }
  void increment(const char* count) {
    pugi::xml_attribute attribute = suite_.attribute(count);
    attribute.set_value(attribute.as_ullong() + 1);
  }

  pugi::xml_node suite_;
  std::string name_;
};

void add_checks(JunitSuite& suite, const Summary& summary) {
  for (const auto& finding : summary.checks) {
    pugi::xml_node node = suite.testcase("checks", finding.name + ": " + check_title(finding.name));
    const std::string witness = finding.witness.value_or("");
    switch (finding.verdict) {
      case Verdict::pass:
        break;
      case Verdict::fail:
        suite.failure(node, finding.name,
                      fmt::format("{} of {}{}{}", finding.count, finding.checked, witness.empty() ? "" : ": ",
                                  witness));
        break;
      case Verdict::unknown:
        suite.error(node, finding.name, witness.empty() ? "cannot be told: nothing was seen" : witness);
        break;
      case Verdict::not_applicable:
        suite.skipped(node, witness.empty() ? "not applicable" : witness);
        break;
    }
  }
}

void add_property(pugi::xml_node properties, const char* name, std::string_view value) {
  pugi::xml_node property = properties.append_child("property");
  set_attribute(property, "name", name);
  set_attribute(property, "value", value);
}

// An agent fails here only where the check `delivered` failed too: a scenario may allow some failures.
void add_agents(JunitSuite& suite, const Summary& summary) {
  const auto delivered = std::find_if(summary.checks.begin(), summary.checks.end(),
                                      [](const Finding& finding) { return finding.name == "delivered"; });
  const Verdict verdict = delivered == summary.checks.end() ? Verdict::not_applicable : delivered->verdict;
  for (const auto& agent : summary.agents) {
    pugi::xml_node node = suite.testcase("agents", fmt::format("agent {}", agent.id));
    const std::string figures = fmt::format(
        "{} broadcasts attempted, {} acknowledged, {} failed, {} unknown; {}; {}", agent.attempted, agent.ok,
        agent.failed, agent.unknown, format_counted(agent.retries, "retry", "retries"), agent.ended);
    if (agent.retries > 0) {  // a retried success is shown, not hidden
      pugi::xml_node properties = node.append_child("properties");
      add_property(properties, "retries", std::to_string(agent.retries));
      add_property(properties, "waited_ms", fmt::format("{}", agent.waited_ms));
    }
    if (!agent.succeeded && verdict == Verdict::fail) suite.failure(node, "delivered", figures);
    if (!agent.succeeded && verdict == Verdict::unknown) suite.error(node, "delivered", figures);
    pugi::xml_node output = node.append_child("system-out");
    output.text().set(one_line(figures).c_str());
  }
}

// What makes a run inconclusive may belong to no check: an interruption, a damaged event file. It gets a
// testcase.
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
                                [](const Finding& finding) { return finding.verdict == Verdict::fail; });
  if (code == 1 && !said) suite.failure(judged, "fail", reasons);
}

}  // namespace

std::string render_junit(const Summary& summary) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node node = document.append_child("testsuites").append_child("testsuite");
  JunitSuite suite(node, "holdfast." + summary.scenario);
  set_attribute(node, "time", fmt::format("{:.3f}", summary.duration_s));
  if (!summary.started_at.empty()) {
    // JUnit's schema wants no time zone; what is recorded is UTC.
    std::string timestamp = summary.started_at;
    if (timestamp.back() == 'Z') timestamp.pop_back();
    set_attribute(node, "timestamp", timestamp);
  }
  pugi::xml_node properties = node.append_child("properties");
  add_property(properties, "verdict", to_string(summary.verdict));
  add_property(properties, "seed", std::to_string(summary.seed));
  add_property(properties, "broadcasts", broadcasts_sentence(summary));
  add_property(properties, "agents", agents_sentence(summary));
  add_property(properties, "retries", budget_sentence(summary));
  add_property(properties, "refusals", refusals_sentence(summary));
  add_property(properties, "command", summary.command);
  for (const auto& sentence : summary.not_modelled) add_property(properties, "not modelled", sentence);
  add_checks(suite, summary);
  add_agents(suite, summary);
  add_expectations(suite, summary);
  std::ostringstream bytes;
  document.save(bytes, "  ", pugi::format_indent, pugi::encoding_utf8);
  return bytes.str();
}

}  // namespace holdfast
