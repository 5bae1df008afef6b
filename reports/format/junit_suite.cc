#include "reports/format/junit_suite.h"

#include <fmt/format.h>

#include <sstream>

#include "reports/format/text.h"

namespace holdfast {
namespace {

void add_outcome(pugi::xml_node testcase, const char* element, std::string_view type,
                 std::string_view message) {
  pugi::xml_node node = testcase.append_child(element);
  set_attribute(node, "type", type);
  set_attribute(node, "message", message);
  node.text().set(one_line(message).c_str());
}

pugi::xml_node declared(pugi::xml_document& document) {
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  return document.append_child("testsuites").append_child("testsuite");
}

}  // namespace

void set_attribute(pugi::xml_node node, const char* name, std::string_view text) {
  node.append_attribute(name).set_value(one_line(text).c_str());
}

void add_property(pugi::xml_node properties, const char* name, std::string_view value) {
  pugi::xml_node property = properties.append_child("property");
  set_attribute(property, "name", name);
  set_attribute(property, "value", value);
}

JunitSuite::JunitSuite(pugi::xml_node suite, std::string name) : suite_(suite), name_(std::move(name)) {
  set_attribute(suite_, "name", name_);
  for (const char* count : {"tests", "failures", "errors", "skipped"})
    suite_.append_attribute(count).set_value(0);
}

pugi::xml_node JunitSuite::testcase(std::string_view group, std::string_view name) {
  pugi::xml_node node = suite_.append_child("testcase");
  set_attribute(node, "classname", fmt::format("{}.{}", name_, group));
  set_attribute(node, "name", name);
  increment("tests");
  return node;
}

void JunitSuite::failure(pugi::xml_node testcase, std::string_view type, std::string_view message) {
  add_outcome(testcase, "failure", type, message);
  increment("failures");
}

void JunitSuite::error(pugi::xml_node testcase, std::string_view type, std::string_view message) {
  add_outcome(testcase, "error", type, message);
  increment("errors");
}

void JunitSuite::flaky(pugi::xml_node testcase, std::string_view type, std::string_view message) {
  add_outcome(testcase, "flakyFailure", type, message);
}

void JunitSuite::skipped(pugi::xml_node testcase, std::string_view message) {
  set_attribute(testcase.append_child("skipped"), "message", message);
  increment("skipped");
}

void JunitSuite::increment(const char* count) {
  pugi::xml_attribute attribute = suite_.attribute(count);
  attribute.set_value(attribute.as_ullong() + 1);
}

JunitDocument::JunitDocument(std::string_view scenario, double duration_s, std::string started_at)
    : node_(declared(document_)), suite_(node_, fmt::format("holdfast.{}", scenario)) {
  set_attribute(node_, "time", fmt::format("{:.3f}", duration_s));
  if (!started_at.empty()) {
    // JUnit's schema wants no time zone; what is recorded is UTC.
    if (started_at.back() == 'Z') started_at.pop_back();
    set_attribute(node_, "timestamp", started_at);
  }
  properties_ = node_.append_child("properties");
}

std::string JunitDocument::bytes() const {
  std::ostringstream bytes;
  document_.save(bytes, "  ", pugi::format_indent, pugi::encoding_utf8);
  return bytes.str();
}

}  // namespace holdfast
