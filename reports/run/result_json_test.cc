#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "reports/compare/compare.h"
#include "reports/run/render.h"
#include "reports/run/result_json.h"
#include "reports/testing/example_summaries.h"
#include "reports/testing/golden_file.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

void expect_refused(const std::string& json, const std::string& words) {
  const auto parsed = parse_summary(json, "dir/result.json");
  ASSERT_FALSE(parsed) << words;
  EXPECT_EQ(parsed.error().code, Code::invalid);
  EXPECT_THAT(parsed.error().message, testing::StartsWith("dir/result.json: "));
  EXPECT_THAT(parsed.error().message, HasSubstr(words));
  EXPECT_EQ(parsed.error().message.find('\n'), std::string::npos);
}

TEST(ResultJson, Golden) {
  expect_golden("result-pass.json", to_json(example_pass()));
  expect_golden("result-inconclusive.json", to_json(example_inconclusive()));
  expect_golden("compare.json", to_json(compare(example_fail(), example_pass())));
}

TEST(ResultJson, HasTheFieldsOthersRelyOn) {
  const auto json = OrderedJson::parse(to_json(example_pass()));
  EXPECT_EQ(json["schema"], "holdfast.result/1");
  EXPECT_EQ(json["agents"]["total"], 8);
  EXPECT_EQ(json["agents"]["each"][1]["ok"], 25);
  EXPECT_EQ(json["broadcasts"]["success_rate"], 1.0);
  EXPECT_EQ(json["broadcasts"]["ci95"].size(), 2U);
  EXPECT_EQ(json["broadcasts"]["runs_needed"], 2995);
  EXPECT_EQ(json["retries"]["histogram"]["1"], 38);
  EXPECT_EQ(json["retries"]["waits_ms"]["p99"], 300.7);
  EXPECT_EQ(json["latency_ms"]["p90"], 104.7);
  EXPECT_EQ(json["latency_ms"]["p999"], 1801.0);
  EXPECT_EQ(json["latency_histogram"]["upper_ms"].size(), 4U);
  EXPECT_EQ(json["latency_histogram"]["counts"][0], 100);
  EXPECT_EQ(json["series_step_s"], 1);
  EXPECT_EQ(json["series"].size(), 13U);
  EXPECT_EQ(json["series"][12]["at_s"], 12);
  EXPECT_EQ(json["series"][12]["latency_ms"]["max"], 1801.0);
  EXPECT_EQ(json["refusals"]["by_code"]["5"], 60);
  EXPECT_EQ(json["refusals"]["by_holder"][0]["program"], "holdfast");
  EXPECT_EQ(json["injectors"][0]["fired"], 198);
  EXPECT_EQ(json["checks"][0]["verdict"], "pass");
  EXPECT_TRUE(json["checks"][0]["witness"].is_null());
}

TEST(ResultJson, RoundTripsToTheSameBytes) {
  for (const auto& summary : {example_pass(), example_fail(), example_inconclusive(), example_one_operation(),
                              example_many_agents(), example_hostile()}) {
    const std::string json = to_json(summary);
    EXPECT_EQ(json.back(), '\n');
    const auto parsed = parse_summary(json, "result.json");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(to_json(*parsed), json);
  }
}

TEST(ResultJson, NeverHoldsANan) {
  Summary summary = example_pass();
  summary.expectations[0].expectation.value = std::numeric_limits<double>::quiet_NaN();
  summary.expectations[0].met = false;
  summary.verdict = RunVerdict::fail;
  const std::string json = to_json(summary);
  EXPECT_THAT(json, HasSubstr("\"threshold\": null"));
  const auto parsed = parse_summary(json, "result.json");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_TRUE(std::isnan(parsed->expectations[0].expectation.value));
  EXPECT_EQ(to_json(*parsed), json);
}

TEST(ResultJson, RefusesWhatIsNoResult) {
  const std::string good = to_json(example_pass());
  expect_refused("", "parse error");
  expect_refused("{\"schema\":\"holdfast.result/1\"", "parse error");
  expect_refused("[]", "the document is an array");
  expect_refused("null", "the document is null");
  expect_refused("{}", "schema is missing");
  expect_refused(replaced(good, "holdfast.result/1", "holdfast.result/2"), "must be holdfast.result/1");
  expect_refused(good + "x", "parse error");
  expect_refused(std::string(100000, '['), "nested deeper");
  expect_refused(replaced(good, "\"verdict\": \"pass\"", "\"verdict\": \"great\""),
                 "one of pass, fail, inconclusive");
  expect_refused(replaced(good, "\"verdict\": \"pass\"", "\"verdict\": \"fail\\u001b[2J\""), "\\x1b[2J");
  expect_refused(replaced(good, "\"total\": 8", "\"total\": -8"), "agents.total is -8");
  expect_refused(replaced(good, "\"total\": 8", "\"total\": 8.5"), "agents.total is 8.5");
  expect_refused(replaced(good, "\"total\": 8", "\"total\": 1000000000001"), "10^12");
  expect_refused(replaced(good, "\"total\": 8", "\"total\": 7"), "agents.succeeded is more than total");
  expect_refused(replaced(good, "\"ok\": 25", "\"ok\": \"25\""), "agents.each[0].ok is \"25\"");
  expect_refused(replaced(good, "\"ok\": 200", "\"ok\": 199"), "broadcasts.attempted is not the sum");
  expect_refused(replaced(good, "\"success_rate\": 1.0", "\"success_rate\": 1e999"), "number overflow");
  expect_refused(replaced(good, "\"success_rate\": 1.0", "\"success_rate\": 1.5"), "success_rate");
  expect_refused(replaced(good, "\"0\": 150", "\"0\": 151"), "does not sum");
  expect_refused(replaced(good, "\"0\": 150", "\"00\": 150"), "retries.histogram.00");
  expect_refused(replaced(good, "\"5\": 60", "\"70000\": 60"), "refusals.by_code.70000");
  expect_refused(replaced(good, "\"p50\": 0.0", "\"p50\": null"), "retries.waits_ms.p50 is null");
  expect_refused(replaced(good, "4711", "-4711"), "pids has -4711");
  expect_refused(replaced(good, "\"seed\": 7", "\"seed\": -7"), "seed");
}

// A reader that looks at every key for each takes minutes for this, and the test's time runs out.
TEST(ResultJson, AnObjectOfManyKeysIsReadLikeAnyOther) {
  std::string json = to_json(example_pass());
  std::string keys;
  for (int key = 0; key < 300'000; ++key) keys += "\"k" + std::to_string(key) + "\":0,";
  json.insert(json.find('{') + 1, "\"extra\":{" + keys + "\"k\":0},");
  EXPECT_TRUE(parse_summary(json, "result.json"));
}

TEST(ResultJson, RefusesTimesThatDoNotAddUp) {
  const std::string good = to_json(example_pass());
  const auto edited = [&](const auto& edit) {
    OrderedJson json = OrderedJson::parse(good);
    edit(json);
    return dumped(json);
  };
  expect_refused(edited([](auto& json) { json["latency_histogram"]["counts"][0] = 101; }), "broadcasts.ok");
  expect_refused(edited([](auto& json) { json["latency_histogram"]["counts"][0] = 1'000'000'000'000; }),
                 "broadcasts.ok");
  expect_refused(edited([](auto& json) { json["latency_histogram"]["counts"].erase(0); }), "as long as");
  expect_refused(edited([](auto& json) { json["latency_histogram"]["counts"][0] = -1; }), "has -1");
  expect_refused(edited([](auto& json) { json["latency_histogram"]["upper_ms"][1] = 0.5; }), "rise");
  expect_refused(edited([](auto& json) { json["latency_histogram"]["upper_ms"][0] = -0.5; }), "rise");
  expect_refused(edited([](auto& json) { json["latency_histogram"]["upper_ms"] = "x"; }), "must be an array");
  expect_refused(edited([](auto& json) { json["latency_histogram"].erase("counts"); }), "counts is missing");
  expect_refused(edited([](auto& json) { json["series"][3]["refusals"] = 1000; }), "series does not sum");
  expect_refused(edited([](auto& json) { json["series"].erase(12); }), "series does not sum");
  expect_refused(edited([](auto& json) { json["series"][3]["at_s"] = 4; }), "series[3].at_s");
  expect_refused(edited([](auto& json) { json["series_step_s"] = 0; }), "series_step_s is 0");
  expect_refused(edited([](auto& json) { json["series_step_s"] = 2; }), "series[1].at_s");
  expect_refused(edited([](auto& json) {
                   while (json["series"].size() <= most_series_rows) {
                     json["series"].push_back(json["series"][12]);
                     json["series"].back()["at_s"] = json["series"].size() - 1;
                   }
                 }),
                 "more than 600 rows");
}

TEST(ResultJson, ReadsAResultFromBeforeThereWereHistogramAndSeries) {
  OrderedJson json = OrderedJson::parse(to_json(example_pass()));
  for (const char* name : {"latency_histogram", "series", "series_step_s"}) json.erase(name);
  json["latency_ms"].erase("p999");
  const auto parsed = parse_summary(dumped(json), "result.json");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_TRUE(parsed->series.empty());
  EXPECT_TRUE(parsed->latency_histogram.empty());
  const std::string report = render_markdown(*parsed);
  EXPECT_EQ(report.find("Over time"), std::string::npos);
  EXPECT_EQ(report.find("p99.9"), std::string::npos);
}

TEST(ResultJson, RefusesAVerdictThatItsPartsContradict) {
  const std::string failed = to_json(example_fail());
  expect_refused(replaced(failed, "\"verdict\": \"fail\"", "\"verdict\": \"pass\""), "does not follow");
  const std::string inconclusive = to_json(example_inconclusive());
  expect_refused(replaced(inconclusive, "\"verdict\": \"inconclusive\"", "\"verdict\": \"pass\""),
                 "does not follow");
}

RC_GTEST_PROP(ResultJson, AnyByteChangedIsReadOrRefused, ()) {
  static const std::string good = to_json(example_fail());
  std::string bytes = good;
  const auto changes = *rc::gen::inRange(1, 4);
  for (int at = 0; at < changes; ++at) {
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  }
  const auto parsed = parse_summary(bytes, "result.json");
  if (parsed) {
    const std::string again = to_json(*parsed);
    const auto twice = parse_summary(again, "result.json");
    RC_ASSERT(twice.has_value());
    RC_ASSERT(to_json(*twice) == again);
  } else {
    RC_ASSERT(parsed.error().code == Code::invalid);
  }
}

RC_GTEST_PROP(ResultJson, AnyTruncationIsRefused, ()) {
  static const std::string good = to_json(example_pass());
  const auto length = *rc::gen::inRange<std::size_t>(0, good.size() - 2);
  RC_ASSERT(!parse_summary(good.substr(0, length), "result.json").has_value());
}

}  // namespace
}  // namespace holdfast
