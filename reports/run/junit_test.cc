#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "reports/run/render.h"
#include "reports/testing/example_summaries.h"
#include "reports/testing/golden_file.h"

namespace holdfast {
namespace {

struct JunitDocument {
  explicit JunitDocument(const Summary& summary) : bytes(render_junit(summary)) {
    const auto parsed = xml.load_buffer(bytes.data(), bytes.size(), pugi::parse_full);
    EXPECT_TRUE(parsed) << parsed.description();
    suite = xml.child("testsuites").child("testsuite");
  }
  [[nodiscard]] std::size_t count(const char* element) const {
    return suite.select_nodes((std::string("testcase/") + element).c_str()).size();
  }
  [[nodiscard]] pugi::xml_node testcase(const std::string& begins_with) const {
    for (pugi::xml_node node : suite.children("testcase")) {
      if (std::string(node.attribute("name").value()).rfind(begins_with, 0) == 0) return node;
    }
    return {};
  }

  std::string bytes;
  pugi::xml_document xml;
  pugi::xml_node suite;
};

TEST(RenderJunit, Golden) {
  expect_golden("junit-pass.xml", render_junit(example_pass()));
  expect_golden("junit-fail.xml", render_junit(example_fail()));
  expect_golden("junit-inconclusive.xml", render_junit(example_inconclusive()));
  expect_golden("junit-one-operation.xml", render_junit(example_one_operation()));
  expect_golden("junit-hostile.xml", render_junit(example_hostile()));
}

TEST(RenderJunit, SaysWhatTheExitCodeSays) {
  std::vector<Summary> summaries{example_pass(),          example_fail(),        example_inconclusive(),
                                 example_one_operation(), example_many_agents(), example_hostile()};
  Summary missed = example_pass();
  missed.expectations[0].met = false;
  missed.verdict = RunVerdict::fail;
  summaries.push_back(missed);
  Summary doubted = example_pass();
  doubted.verdict = RunVerdict::inconclusive;
  summaries.push_back(doubted);
  Summary unexplained = example_pass();
  unexplained.verdict = RunVerdict::fail;
  summaries.push_back(unexplained);
  Summary allowed =
      example_pass();  // `delivered` passes although one broadcast failed: the scenario allows it
  allowed.agents[0].succeeded = false;
  summaries.push_back(allowed);
  for (const auto& summary : summaries) {
    const JunitDocument junit(summary);
    const bool green = junit.count("failure") + junit.count("error") == 0;
    EXPECT_EQ(green, exit_code(summary) == 0) << junit.bytes;
  }
}

TEST(RenderJunit, CountsItsTestcases) {
  for (const auto& summary :
       {example_pass(), example_fail(), example_inconclusive(), example_many_agents()}) {
    const JunitDocument junit(summary);
    EXPECT_EQ(junit.suite.attribute("tests").as_ullong(),
              summary.checks.size() + summary.agents.size() + summary.expectations.size() + 1);
    EXPECT_EQ(junit.suite.select_nodes("testcase").size(), junit.suite.attribute("tests").as_ullong());
    EXPECT_EQ(junit.suite.attribute("failures").as_ullong(), junit.count("failure"));
    EXPECT_EQ(junit.suite.attribute("errors").as_ullong(), junit.count("error"));
    EXPECT_EQ(junit.suite.attribute("skipped").as_ullong(), junit.count("skipped"));
  }
}

TEST(RenderJunit, EachVerdictHasItsElement) {
  const JunitDocument failed(example_fail());
  EXPECT_TRUE(failed.testcase("lost").child("failure"));
  EXPECT_FALSE(failed.testcase("duplicate").first_child());
  // One cause is one failure: what failed along with it, and the agents, are told and fail nothing.
  EXPECT_TRUE(failed.testcase("delivered").child("skipped"));
  EXPECT_FALSE(failed.testcase("agent 0").child("failure"));
  EXPECT_TRUE(JunitDocument(example_inconclusive()).testcase("lost").child("skipped"));
  EXPECT_TRUE(JunitDocument(example_inconclusive()).testcase("the run can be judged").child("error"));
  EXPECT_TRUE(JunitDocument(example_pass()).testcase("orphan-temp").child("skipped"));
  const JunitDocument passed(example_pass());
  EXPECT_STREQ(passed.testcase("agent 2")
                   .find_child_by_attribute("property", "name", "retries")
                   .attribute("value")
                   .value(),
               "");
  EXPECT_STREQ(passed.testcase("agent 2")
                   .child("properties")
                   .find_child_by_attribute("property", "name", "retries")
                   .attribute("value")
                   .value(),
               "2");
  // A success after retries is a flaky one; one at once, and a failure, are not.
  EXPECT_STREQ(passed.testcase("agent 2").child("flakyFailure").attribute("message").value(),
               "succeeded after 2 retries and 201 ms of waiting");
  EXPECT_FALSE(passed.testcase("agent 0").child("flakyFailure"));
  EXPECT_FALSE(failed.testcase("agent 1").child("flakyFailure"));
  EXPECT_STREQ(passed.suite.attribute("time").value(), "12.340");
  EXPECT_STREQ(passed.suite.attribute("timestamp").value(), "2024-05-01T12:00:00");
}

TEST(RenderJunit, HoldsNoByteThatXmlForbids) {
  const std::string bytes = render_junit(example_hostile());
  for (const char c : bytes) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << int{c};
  EXPECT_EQ(bytes.find("&#"), std::string::npos) << "a reference to a control character is no XML 1.0 either";
  EXPECT_EQ(bytes.find("\xef\xbf\xbf"), std::string::npos);
}

}  // namespace
}  // namespace holdfast
