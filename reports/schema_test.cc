// Every result.json is what reports/schema says of it, and every field of it stands there. The validator below
// knows no more of JSON Schema than that file uses, and complains of what it does not know.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "reports/testing/example_summaries.h"
#include "reports/testing/small_run.h"

namespace holdfast {
namespace {

using Json = nlohmann::json;

class SchemaValidator {
 public:
  explicit SchemaValidator(Json schema) : schema_(std::move(schema)) {}

  std::vector<std::string> complaints(const Json& value) {
    said_.clear();
    look(value, schema_, "$");
    return said_;
  }

 private:
  static bool is_of(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == "null" && value.is_null();
  }

  void complain(const std::string& at, const std::string& what) { said_.push_back(at + ": " + what); }

  void look(const Json& value, const Json& schema, const std::string& at) {
    for (const auto& [word, rule] : schema.items()) {
      if (word == "$ref") {
        look(value, schema_.at(Json::json_pointer(rule.get<std::string>().substr(1))), at);
      } else if (word == "type") {
        const Json types = rule.is_array() ? rule : Json::array({rule});
        bool any = false;
        for (const auto& type : types) any = any || is_of(value, type.get<std::string>());
        if (!any) complain(at, "is no " + rule.dump());
      } else if (word == "const") {
        if (value != rule) complain(at, "is not " + rule.dump());
      } else if (word == "enum") {
        if (std::find(rule.begin(), rule.end(), value) == rule.end())
          complain(at, "is none of " + rule.dump());
      } else if (word == "minimum") {
        if (value.is_number() && value < rule) complain(at, "is less than " + rule.dump());
      } else if (word == "minItems" || word == "maxItems") {
        if (word == "minItems" ? value.size() < rule : value.size() > rule)
          complain(at, "has not " + rule.dump());
      } else if (word == "items") {
        for (std::size_t place = 0; place < value.size(); ++place)
          look(value.at(place), rule, at + "[" + std::to_string(place) + "]");
      } else if (word == "required") {
        for (const auto& name : rule) {
          if (!value.contains(name.get<std::string>())) complain(at, "lacks " + name.dump());
        }
      } else if (word == "properties") {
        for (const auto& [name, inner] : value.items()) {
          if (rule.contains(name)) {
            look(inner, rule.at(name), at + "." + name);
          } else {
            complain(at, "has " + name + ", which the schema does not say");
          }
        }
      } else if (word == "propertyNames") {
        const std::regex pattern(rule.at("pattern").get<std::string>());
        for (const auto& [name, inner] : value.items()) {
          if (!std::regex_search(name, pattern)) complain(at, name + " is no such name");
        }
      } else if (word == "additionalProperties") {
        for (const auto& [name, inner] : value.items()) look(inner, rule, at + "." + name);
      } else if (!prose_.contains(word)) {
        complain(at, "the schema says " + word + ", which this test does not know");
      }
    }
  }

  Json schema_;
  std::vector<std::string> said_;
  std::set<std::string> prose_{"$schema", "$defs", "title", "description"};
};

Json result_schema() {
  std::ifstream file(HOLDFAST_RESULT_SCHEMA);
  return Json::parse(file);
}

TEST(ResultSchema, SaysEveryFieldOfEveryResult) {
  SchemaValidator validator(result_schema());
  for (const auto make :
       {example_pass, example_fail, example_inconclusive, example_one_operation, example_many_agents})
    EXPECT_EQ(validator.complaints(Json::parse(to_json(make()))), std::vector<std::string>());
  EXPECT_EQ(validator.complaints(Json::parse(to_json(example_hostile()))), std::vector<std::string>());
  SmallRun nothing{1, 1};
  EXPECT_EQ(validator.complaints(Json::parse(to_json(nothing.summarised()))), std::vector<std::string>());
}

TEST(ResultSchema, RefusesWhatIsNoResult) {
  const Json schema = result_schema();
  SchemaValidator validator(schema);
  const Json good = Json::parse(to_json(example_pass()));
  for (const auto& name : schema.at("required")) {
    Json bad = good;
    bad.erase(name.get<std::string>());
    EXPECT_FALSE(validator.complaints(bad).empty()) << name;
  }
  const std::pair<const char*, Json> changes[] = {
      {"/schema", "holdfast.result/2"}, {"/verdict", "passed"},
      {"/reasons", Json::array()},      {"/seed", -1},
      {"/broadcasts/ci95", {0.5}},      {"/checks/0/verdict", "good"},
      {"/agents/each/0/ok", "25"},      {"/retries/histogram/x", 3},
      {"/refusals/by_code/5", 1.5},     {"/latency_ms/p50", "1 ms"},
      {"/checks/0/witness", 3},         {"/environment/rules", 1}};
  for (const auto& [pointer, value] : changes) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    EXPECT_FALSE(validator.complaints(bad).empty()) << pointer;
  }
}

}  // namespace
}  // namespace holdfast
