// [[variant]]: one scenario under different settings. Each variant is the file's document with the variant's
// own keys laid over it, checked as any scenario is.

#include <algorithm>
#include <filesystem>
#include <string>

#include "harness/scenario/key_tables.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/settings.h"

namespace holdfast {
namespace {

constexpr std::string_view variant_key = "variant";

Result<Node> read_document(std::string_view toml, const std::string& file_name,
                           const std::vector<std::string>& settings) {
  auto document = read_toml(toml, file_name);
  if (!document) return document;
  for (const std::string& setting : settings) {
    if (auto applied = apply_setting(*document, setting); !applied) return fail(applied.error());
  }
  // A file that was emptied or cut short must not pass as a scenario of defaults.
  if (document->members.empty())
    return fail_at(document->place, "the scenario is empty; it needs at least [subject]");
  return document;
}

Result<Scenario> named_scenario(const Node& document, const std::string& file_name) {
  auto scenario = read_scenario(document);
  if (!scenario) return scenario;
  scenario->name = std::filesystem::path(file_name).stem().string();
  if (scenario->title.empty()) scenario->title = scenario->name;
  if (scenario->subject.kind == SubjectKind::command) {
    // The command stands beside its scenario, from wherever that is run.
    std::error_code problem;
    const auto beside = std::filesystem::path(file_name).parent_path() / scenario->subject.directory;
    auto directory = (std::filesystem::current_path(problem) / beside).lexically_normal();
    if (!directory.has_filename()) directory = directory.parent_path();
    scenario->subject.directory = directory.string();
  }
  return scenario;
}

// Takes the variants' array out of the document; empty if there is none.
Result<Node> take_variants(Node& document) {
  Node none;
  none.type = Node::Type::array;
  const auto at = std::find_if(document.members.begin(), document.members.end(),
                               [](const Member& member) { return member.key == variant_key; });
  if (at == document.members.end()) return none;
  Node taken = std::move(at->value);
  document.members.erase(at);
  if (taken.type != Node::Type::array)
    return mismatch(taken, std::string(variant_key), "an array of tables, each begun with [[variant]]");
  return taken;
}

Field<Variant> variant_name_field() {
  const std::string wanted = "1 to 40 letters, digits, '-' or '_'";
  return {wanted,
          [=](const Node& node, const std::string& path, Variant& variant) -> Result<> {
            const auto allowed = [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_';
            };
            const std::string& name = node.text;
            const bool fits =
                !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), allowed);
            if (node.type != Node::Type::string || !fits) return mismatch(node, path, wanted);
            variant.name = name;
            return {};
          },
          [](const Variant& variant) { return Node::of(variant.name); },
          [] { return schema::text("^[A-Za-z0-9_-]{1,40}$"); }};
}

// "subject.retry.jitter = none", for people: quotes left out.
void tell_settings(const Node& node, const std::string& path, std::vector<std::string>& settings) {
  if (node.type == Node::Type::table) {
    for (const Member& member : node.members)
      tell_settings(member.value, path.empty() ? member.key : path + "." + member.key, settings);
    return;
  }
  settings.push_back(
      fmt::format("{} = {}", path, node.type == Node::Type::string ? node.text : describe(node)));
}

// `item` is one [[variant]]: its own keys, and those to lay over `document`.
Result<Variant> read_variant(Node document, const Node& item, const std::string& path,
                             const std::string& file_name) {
  if (item.type != Node::Type::table) return mismatch(item, path, "a table");
  Node own;
  own.place = item.place;
  Node over = own;
  for (const Member& member : item.members) {
    const auto is_own = [&](const Key<Variant>& key) { return key.name == member.key; };
    const bool its_own = std::any_of(variant_keys().begin(), variant_keys().end(), is_own);
    (its_own ? own : over).members.push_back(member);
  }
  Variant variant;
  if (auto read = read_section(own, path, variant_keys(), variant); !read) return fail(read.error());
  if (auto laid = lay_over(document, over, path); !laid) return fail(laid.error());
  tell_settings(over, "", variant.settings);
  auto scenario = named_scenario(document, file_name);
  if (!scenario) return fail(scenario.error());
  variant.scenario = std::move(*scenario);
  return variant;
}

}  // namespace

Result<std::vector<Variant>> parse_variants(std::string_view toml, const std::string& file_name,
                                            const std::vector<std::string>& settings) {
  auto document = read_document(toml, file_name, settings);
  if (!document) return fail(document.error());
  const auto items = take_variants(*document);
  if (!items) return fail(items.error());

  std::vector<Variant> variants;
  for (const Node& item : items->items) {
    const std::string path = fmt::format("{}.{}", variant_key, variants.size());
    auto variant = read_variant(*document, item, path, file_name);
    if (!variant) return fail(variant.error());
    const auto same = [&](const Variant& other) { return other.name == variant->name; };
    if (std::any_of(variants.begin(), variants.end(), same)) {
      return fail_at(
          item.find("name")->place,
          fmt::format("{}.name: the name \"{}\" is already taken by another variant; give each its own", path,
                      variant->name));
    }
    variants.push_back(std::move(*variant));
  }
  if (variants.empty()) {
    auto scenario = named_scenario(*document, file_name);
    if (!scenario) return fail(scenario.error());
    variants.push_back({"", true, {}, std::move(*scenario)});
  }
  if (std::none_of(variants.begin(), variants.end(), [](const Variant& variant) { return variant.judged; })) {
    return fail_at(items->place, "no variant is judged, so nothing could fail: remove judged from one");
  }
  return variants;
}

Result<Scenario> parse_scenario(std::string_view toml, const std::string& file_name,
                                const std::vector<std::string>& settings) {
  auto variants = parse_variants(toml, file_name, settings);
  if (!variants) return fail(variants.error());
  return std::move(variants->front().scenario);
}

const Keys<Variant>& variant_keys() {
  static const Keys<Variant> keys = {
      {"name", "its name in reports and directories", variant_name_field(), true},
      {"judged", "false: a control, which is run, shown and compared but does not affect the exit code",
       yes_or_no(&Variant::judged)},
  };
  return keys;
}

}  // namespace holdfast
