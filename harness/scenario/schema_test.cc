// The schema for editors: every shipped scenario fits it, and what the parser refuses does not. The validator knows no
// more of JSON Schema than scenario_schema() writes, and fails on what it does not know.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "harness/scenario/document.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/node_json.h"

namespace holdfast {
namespace {

using SchemaJson = nlohmann::json;

bool is_of_type(const SchemaJson& value, const std::string& type) {
  return type == "object"    ? value.is_object()
         : type == "array"   ? value.is_array()
         : type == "string"  ? value.is_string()
         : type == "boolean" ? value.is_boolean()
         : type == "integer" ? value.is_number_integer()
                             : type == "number" && value.is_number();
}

// The first place that does not fit; empty: it fits.
std::string misfit(const SchemaJson& value, const SchemaJson& schema, const std::string& at = "$") {
  if (schema.is_boolean()) return schema.get<bool>() ? "" : at + " must not be there";
  for (const auto& [word, rule] : schema.items()) {
    static const std::set<std::string> prose = {"$schema", "title", "description", "then"};
    if (prose.contains(word)) continue;
    const std::string wrong = at + ": " + word;
    if (word == "type") {
      if (!is_of_type(value, rule)) return wrong;
    } else if (word == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end()) return wrong;
    } else if (word == "const") {
      if (value != rule) return wrong;
    } else if (word == "minimum" || word == "exclusiveMinimum" || word == "maximum") {
      if (!value.is_number()) continue;
      const double number = value, bound = rule;
      if (word == "minimum" ? number < bound : word == "maximum" ? number > bound : number <= bound)
        return wrong;
    } else if (word == "pattern") {
      if (value.is_string() &&
          !std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>())))
        return wrong;
    } else if (word == "minItems") {
      if (value.is_array() && value.size() < rule) return wrong;
    } else if (word == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        if (auto inner = misfit(value[i], rule, at + "[" + std::to_string(i) + "]"); !inner.empty())
          return inner;
      }
    } else if (word == "required") {
      for (const auto& name : rule) {
        if (value.is_object() && !value.contains(name.get<std::string>())) return wrong + " " + name.dump();
      }
    } else if (word == "properties") {
      for (const auto& [name, one] : rule.items()) {
        if (!value.is_object() || !value.contains(name)) continue;
        if (auto inner = misfit(value[name], one, at + "." + name); !inner.empty()) return inner;
      }
    } else if (word == "additionalProperties") {
      for (const auto& [name, one] : value.items()) {
        if (schema.contains("properties") && schema["properties"].contains(name)) continue;
        if (auto inner = misfit(one, rule, at + "." + name); !inner.empty()) return inner;
      }
    } else if (word == "anyOf") {
      if (std::none_of(rule.begin(), rule.end(),
                       [&](const auto& one) { return misfit(value, one, at).empty(); }))
        return wrong;
    } else if (word == "allOf") {
      for (const auto& one : rule) {
        if (auto inner = misfit(value, one, at); !inner.empty()) return inner;
      }
    } else if (word == "if") {
      if (!misfit(value, rule, at).empty()) continue;
      if (auto inner = misfit(value, schema["then"], at); !inner.empty()) return inner;
    } else {
      return at + ": the schema says " + word + ", which this test does not know";
    }
  }
  return "";
}

std::string misfit_of_toml(const std::string& toml) {
  static const SchemaJson schema = SchemaJson::parse(scenario_schema());
  const auto document = read_toml(toml, "s.toml");
  EXPECT_TRUE(document) << toml;
  return document ? misfit(SchemaJson(json_of(*document)), schema) : "no TOML";
}

TEST(ScenarioSchema, FitsEveryShippedScenario) {
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(HOLDFAST_SHIPPED_SCENARIOS)) {
    const auto& path = entry.path();
    const bool shipped = path.extension() == ".toml" && path.filename() != "manifest.toml" &&
                         path.parent_path().filename() != "templates";
    if (!shipped) continue;
    ++seen;
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    EXPECT_EQ(misfit_of_toml(text.str()), "") << path;
  }
  EXPECT_GT(seen, 15U);
}

TEST(ScenarioSchema, FitsEveryFormOfAValue) {
  for (const char* toml :
       {"expect = [\"latency.p99 <= 50ms\", \"success_rate >= 99%\"]\n",
        "[agents]\nrecipients = { neighbours = 2 }\n",
        "[[expect]]\nfigure = \"latency.p99\"\nat_most = \"50ms\"\n", "[[expect]]\nfigure = \"lost == 0\"\n",
        "[sharing]\nprofile = \"share:r--\"\n", "[subject]\nretry = { max_delay = \"none\" }\n",
        "[[variant]]\nname = \"a\"\nsubject.retry.jitter = \"none\"\n",
        "[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\ntriggers = [\"close\", \"open\"]\n"})
    EXPECT_EQ(misfit_of_toml(toml), "") << toml;
}

TEST(ScenarioSchema, RefusesWhatTheParserRefuses) {
  for (const char* toml :
       {"[agents]\ncuont = 3\n", "[agents]\ncount = 0\n", "[agents]\ncount = \"eight\"\n",
        "[agents]\ndeadline = 3\n", "[agents]\ndeadline = \"3\"\n", "[subject]\nstore = \"snapshop\"\n",
        "[subject]\nkind = \"command\"\ncommand = [\"q\"]\nstore = \"snapshot\"\n",
        "[subject]\nkind = \"command\"\n", "[subject]\ncommand = [\"q\"]\n", "[[inject]]\nhold = \"1s\"\n",
        "[[inject]]\nkind = \"antivirus\"\nhold = \"1s\"\npath = \"x\"\n",
        "[[inject]]\nkind = \"open-handle\"\n", "[[expect]]\nfigure = \"lots\"\nequals = 0\n",
        "expect = [\"lost\"]\n", "[sharing]\nrules = \"linux\"\n",
        "[[waive]]\ncheck = \"lost\"\nreason = \"short\"\n"})
    EXPECT_NE(misfit_of_toml(toml), "") << toml;
}

}  // namespace
}  // namespace holdfast
