// A scenario as the TOML that a person would have written: every key, the sections in the order of KEYS.md.

#include <fmt/format.h>

#include "harness/scenario/document.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/scenario.h"

namespace holdfast {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += fmt::format("\\{}", c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

bool is_bare(const std::string& key) {
  return !key.empty() && key.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789_-") == std::string::npos;
}

// To the right of "=".
std::string value_text(const Node& node) {
  switch (node.type) {
    case Node::Type::string:
      return quoted(node.text);
    case Node::Type::array: {
      std::string items;
      for (const Node& item : node.items) items += (items.empty() ? "" : ", ") + value_text(item);
      return "[" + items + "]";
    }
    case Node::Type::table: {
      std::string members;
      for (const Member& member : node.members) {
        members +=
            fmt::format("{}{} = {}", members.empty() ? " " : ", ",
                        is_bare(member.key) ? member.key : quoted(member.key), value_text(member.value));
      }
      return "{" + members + " }";
    }
    case Node::Type::real:
      return fmt::format("{:#}", node.real);
    default:
      return describe(node);
  }
}

void append_section(std::string& out, const std::string& heading, const Node& section) {
  out += "\n" + heading + "\n";
  for (const Member& member : section.members)
    out += fmt::format("{} = {}\n", member.key, value_text(member.value));
}

}  // namespace

std::string to_toml(const Scenario& scenario) {
  const Node document = write_scenario(scenario);
  std::string out;
  for (const Member& member : document.members) {
    if (member.value.type == Node::Type::table) {
      append_section(out, fmt::format("[{}]", member.key), member.value);
    } else if (member.value.type == Node::Type::array) {
      for (const Node& item : member.value.items)
        append_section(out, fmt::format("[[{}]]", member.key), item);
    } else {
      out += fmt::format("{} = {}\n", member.key, value_text(member.value));
    }
  }
  return out;
}

}  // namespace holdfast
