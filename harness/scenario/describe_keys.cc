// scenarios/KEYS.md, from the tables that the parser reads by.

#include <fmt/format.h>

#include <string>
#include <type_traits>

#include "harness/scenario/figures.h"
#include "harness/scenario/key_tables.h"
#include "harness/scenario/keys.h"

namespace holdfast {
namespace {

// A value as it would be written in TOML.
std::string default_text(const Node& node) {
  if (node.type == Node::Type::string) return node.text.empty() ? "" : fmt::format("`\"{}\"`", node.text);
  if (node.type == Node::Type::integer || node.type == Node::Type::real)
    return fmt::format("`{}`", describe(node));
  if (node.type == Node::Type::boolean) return fmt::format("`{}`", describe(node));
  if (node.type == Node::Type::array && node.items.size() == 1) return default_text(node.items.front());
  if (node.type != Node::Type::array) return "";
  std::vector<std::string> items;
  for (const Node& item : node.items) items.push_back(default_text(item));
  return fmt::format("{}", fmt::join(items, ", "));
}

template <typename Section>
void append_table(std::string& out, std::string_view heading, const Keys<Section>& keys,
                  std::string_view (*kind)(const Section&) = nullptr) {
  out +=
      fmt::format("\n## {}\n\n| key | must be | default | meaning |\n| --- | --- | --- | --- |\n", heading);
  const Section preset{};
  for (const auto& key : keys) {
    // An expectation has no bound by default.
    const bool has_default = !key.required && !std::is_same_v<Section, Expectation>;
    const auto value = has_default ? key.field.write(preset) : std::nullopt;
    const std::string shown = key.required ? "required" : value ? default_text(*value) : "";
    const std::string only = key.only_for.empty() || kind == nullptr
                                 ? ""
                                 : fmt::format(" ({} only)", fmt::join(key.only_for, " and "));
    out += fmt::format("| `{}` | {} | {} | {}{} |\n", key.name, key.field.wanted, shown, key.meaning, only);
  }
}

}  // namespace

std::string describe_keys() {
  std::string out =
      "# The keys of a scenario\n\n"
      "Generated from the parser's own tables; a test keeps this page up to date. Durations are strings "
      "with a "
      "unit: ns, us, ms, s, m, h. `--set key=value` overrides any of them: `--set agents.count=4`, "
      "`--set inject.0.hold.median=10ms`.\n";
  append_table(out, "The file", scenario_keys());
  append_table(out, "[subject]", subject_keys(), subject_kind_word);
  append_table(out, "subject.retry", retry_keys());
  append_table(out, "[agents]", agents_keys());
  append_table(out, "[sharing]", sharing_keys());
  append_table(out, "[[inject]]", injector_keys(), injector_kind_word);
  append_table(out, "inject.hold", hold_keys());
  append_table(out, "inject.hold.rare", rare_keys());
  append_table(out, "[[expect]]: a figure and exactly one bound", expectation_keys());
  append_table(out, "[[waive]]", waiver_keys());
  append_table(out, "[[variant]]: these, and any other key of the scenario, which it overrides",
               variant_keys());
  append_table(out, "[run]", run_keys());
  append_table(out, "[delivered]", delivered_keys());
  out += "\n## Figures\n\n| figure | unit | meaning |\n| --- | --- | --- |\n";
  for (const Figure& figure : figures()) {
    out += fmt::format("| `{}` | {} | {} |\n", figure.name, figure.unit, figure.meaning);
  }
  return out;
}

}  // namespace holdfast
