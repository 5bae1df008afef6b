// plan.json, "holdfast.plan/1".
//
//   {"schema":"holdfast.plan/1","version":…,"name":…,"variant":… (if there is one),"seed":1,"run_id":"<16 hex
//   digits>","started_at":…,
//    "kernel":…,"filesystem":…,"command":…,"labels":{…} (if there are any),"scenario":{…}}
//
// "scenario" has the keys of a scenario's TOML (scenarios/KEYS.md), every one of them, and is read by the
// same tables; durations are strings and exact to the ns. Unknown keys beside "scenario" are left to later
// versions; unknown keys inside it are errors. Indented by two, keys in this order, a newline at the end.

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "harness/scenario/document.h"
#include "harness/scenario/input_file.h"
#include "harness/scenario/json_depth.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/node_json.h"
#include "harness/scenario/plan/plan.h"
#include "harness/scenario/quote.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;
using ParsedJson = nlohmann::json;  // an ordered object looks at every key for each that it is given

constexpr std::string_view plan_schema = "holdfast.plan/1";
constexpr std::streamsize plan_file_bytes_max = 16 << 20;
constexpr int plan_depth_max = 32;

Result<Node> node_of(const ParsedJson& json, const Place& place) {
  Node node;
  if (json.is_string()) {
    node = Node::of(json.get<std::string>());
  } else if (json.is_number()) {
    const bool above_int64 = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
    const bool as_integer = json.is_number_integer() && !above_int64;
    node = as_integer ? Node::of(json.get<std::int64_t>()) : Node::of(json.get<double>());
  } else if (json.is_boolean()) {
    node.type = Node::Type::boolean;
    node.boolean = json.get<bool>();
  } else if (json.is_array()) {
    node.type = Node::Type::array;
    for (const ParsedJson& item : json) {
      auto value = node_of(item, place);
      if (!value) return value;
      node.items.push_back(std::move(*value));
    }
  } else if (json.is_object()) {
    for (const auto& [key, item] : json.items()) {
      auto value = node_of(item, place);
      if (!value) return value;
      node.add(key, std::move(*value));
    }
  } else {
    node.type = Node::Type::null;
  }
  node.place = place;
  return node;
}

Result<> read_text_field(const ParsedJson& json, const char* key, const Place& place, std::string& into) {
  const auto at = json.find(key);
  if (at == json.end()) return fail_at(place, fmt::format("\"{}\" is missing", key));
  if (!at->is_string()) return fail_at(place, fmt::format("\"{}\" is not a string", key));
  into = at->get<std::string>();
  return {};
}

Result<> read_labels(const ParsedJson& json, const Place& place, Plan& plan) {
  const auto labels = json.find("labels");
  if (labels == json.end()) return {};
  if (!labels->is_object()) return fail_at(place, "\"labels\" is not an object");
  for (const auto& [key, value] : labels->items()) {
    if (!value.is_string())
      return fail_at(place, fmt::format("the label {} is not a string", short_quote(key)));
    plan.labels.emplace_back(key, value.get<std::string>());
  }
  return {};
}

Result<> read_seed_and_id(const ParsedJson& json, const Place& place, Plan& plan) {
  const auto seed = json.find("seed");
  if (seed == json.end() || !seed->is_number_unsigned())
    return fail_at(place, "\"seed\" is not a whole number from 0");
  plan.seed = seed->get<std::uint64_t>();

  std::string run_id;
  if (auto ok = read_text_field(json, "run_id", place, run_id); !ok) return ok;
  const auto [end, problem] = std::from_chars(run_id.data(), run_id.data() + run_id.size(), plan.run_id, 16);
  if (run_id.size() != 16 || problem != std::errc() || end != run_id.data() + run_id.size()) {
    return fail_at(place, "\"run_id\" is not 16 hex digits");
  }
  return {};
}

Result<Plan> plan_of(const ParsedJson& json, const Place& place) {
  if (!json.is_object()) return fail_at(place, "a plan must be a JSON object");
  std::string schema;
  if (auto ok = read_text_field(json, "schema", place, schema); !ok) return fail(ok.error());
  if (schema != plan_schema) {
    return fail_at(place, fmt::format("the schema is {}; this version of Holdfast reads \"{}\"",
                                      short_quote(schema), plan_schema));
  }
  Plan plan;
  std::string name;
  const std::array<std::pair<const char*, std::string*>, 6> texts = {{{"version", &plan.version},
                                                                      {"name", &name},
                                                                      {"started_at", &plan.started_at},
                                                                      {"kernel", &plan.kernel},
                                                                      {"filesystem", &plan.filesystem},
                                                                      {"command", &plan.command}}};
  for (const auto& [key, into] : texts) {
    if (auto ok = read_text_field(json, key, place, *into); !ok) return fail(ok.error());
  }
  if (json.contains("variant")) {
    if (auto ok = read_text_field(json, "variant", place, plan.variant); !ok) return fail(ok.error());
  }
  if (auto ok = read_seed_and_id(json, place, plan); !ok) return fail(ok.error());
  if (auto ok = read_labels(json, place, plan); !ok) return fail(ok.error());

  const auto scenario = json.find("scenario");
  if (scenario == json.end()) return fail_at(place, "\"scenario\" is missing");
  auto node = node_of(*scenario, place);
  if (!node) return fail(node.error());
  // Before there was a choice, bodies were plain.
  if (Node* agents = node->find("agents"); agents != nullptr && agents->find("bodies") == nullptr)
    agents->add("bodies", Node::of(std::string("plain")));
  auto read = read_scenario(*node);
  if (!read) return fail(read.error());
  plan.scenario = std::move(*read);
  plan.scenario.name = name;
  return plan;
}

}  // namespace

std::string to_json(const Plan& plan) {
  Json json;
  json["schema"] = plan_schema;
  json["version"] = plan.version;
  json["name"] = plan.scenario.name;
  if (!plan.variant.empty()) json["variant"] = plan.variant;
  json["seed"] = plan.seed;
  json["run_id"] = fmt::format("{:016x}", plan.run_id);
  json["started_at"] = plan.started_at;
  json["kernel"] = plan.kernel;
  json["filesystem"] = plan.filesystem;
  json["command"] = plan.command;
  if (!plan.labels.empty()) {
    Json& labels = json["labels"] = Json::object();
    for (const auto& [key, value] : plan.labels) labels[key] = value;
  }
  json["scenario"] = json_of(write_scenario(plan.scenario));
  // Paths in the command may hold any bytes; those that are not UTF-8 become U+FFFD rather than an exception.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<Plan> parse_plan(std::string_view json, const std::string& file_name) {
  const Place place{file_name, 0, 0};
  if (nesting_depth(json) > plan_depth_max) return fail_at(place, "the plan's scenario is nested too deeply");
  try {
    return plan_of(ParsedJson::parse(json), place);
  } catch (const ParsedJson::parse_error& error) {
    return fail_at(place, fmt::format("invalid JSON at byte {} of {}; the plan is damaged or cut short",
                                      error.byte, json.size()));
  } catch (const std::exception& error) {
    return fail_at(place, error.what());
  }
}

Result<Plan> load_plan(const std::optional<std::string>& inherited,
                       const std::filesystem::path& run_directory) {
  return inherited ? parse_plan(*inherited, "plan.json") : load_plan(run_directory);
}

Result<Plan> load_plan(const std::filesystem::path& run_directory) {
  const std::filesystem::path path = run_directory / "plan.json";
  const auto text = read_input(path, plan_file_bytes_max);
  if (!text && text.error().code == Code::not_found) {
    return fail(Code::not_found,
                fmt::format("{}: {}; is this a run directory?", path.string(), text.error().message),
                text.error().os_code);
  }
  if (!text) return fail(Code::invalid, path.string() + ": " + text.error().message);
  return parse_plan(*text, path.string());
}

}  // namespace holdfast
