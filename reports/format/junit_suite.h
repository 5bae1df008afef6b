// A JUnit test suite under construction. pugixml writes control characters verbatim, which XML parsers reject, so
// every text goes through one_line.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace holdfast {

void set_attribute(pugi::xml_node node, const char* name, std::string_view text);
void add_property(pugi::xml_node properties, const char* name, std::string_view value);

class JunitSuite {
 public:
  JunitSuite(pugi::xml_node suite, std::string name);

  pugi::xml_node testcase(std::string_view group, std::string_view name);
  void failure(pugi::xml_node testcase, std::string_view type, std::string_view message);
  void error(pugi::xml_node testcase, std::string_view type, std::string_view message);
  // It passed, but not at once: what Surefire calls a flaky failure. Not counted.
  void flaky(pugi::xml_node testcase, std::string_view type, std::string_view message);
  void skipped(pugi::xml_node testcase, std::string_view message);

 private:
  void increment(const char* count);

  pugi::xml_node suite_;
  std::string name_;
};

// A document with its declaration and one empty suite.
class JunitDocument {
 public:
  // `started_at`: ISO 8601, UTC, with or without its Z; empty: unknown.
  JunitDocument(std::string_view scenario, double duration_s, std::string started_at);
  [[nodiscard]] pugi::xml_node properties() const { return properties_; }
  [[nodiscard]] JunitSuite& suite() { return suite_; }
  [[nodiscard]] std::string bytes() const;

 private:
  pugi::xml_document document_;
  pugi::xml_node node_;
  JunitSuite suite_;
  pugi::xml_node properties_;
};

}  // namespace holdfast
