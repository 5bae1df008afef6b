#include "harness/scenario/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/scenario/quote.h"

namespace holdfast {
namespace {

constexpr std::size_t setting_parts_max = 16;  // no key of a scenario is deeper than four

std::optional<std::vector<std::string>> split_setting_key(std::string_view key) {
  std::vector<std::string> parts(1);
  for (const char c : key) {
    if (c == '.') {
      parts.emplace_back();
    } else if (c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '\n') {
      return std::nullopt;
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() > setting_parts_max) return std::nullopt;
  for (const std::string& part : parts) {
    if (part.empty()) return std::nullopt;
  }
  return parts;
}

std::string without_outer_spaces(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

std::optional<std::size_t> as_index(std::string_view part) {
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (problem != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

void move_to(Node& node, const Place& place) {
  node.place = place;
  for (Node& item : node.items) move_to(item, place);
  for (Member& member : node.members) {
    member.place = place;
    move_to(member.value, place);
  }
}

Result<Node> setting_value(const std::string& text) {
  auto value = read_toml_value(text);
  if (value) return value;
  // What opens a string, an array or a table was meant as TOML; anything else is a bare word.
  const bool meant_as_toml =
      !text.empty() && std::string_view("\"'[{").find(text[0]) != std::string_view::npos;
  if (meant_as_toml) return fail(Code::invalid, fmt::format("the value {} is not TOML", short_quote(text)));
  return Node::of(text);
}

// The node that `part` of the key leads to, made if it is not there.
Result<Node*> step_into(Node& at, const std::string& part, const std::string& walked, bool next_is_index,
                        const Place& place) {
  Node fresh;
  fresh.type = next_is_index ? Node::Type::array : Node::Type::table;
  fresh.place = place;
  if (at.type == Node::Type::array) {
    const auto index = as_index(part);
    if (!index || *index > at.items.size()) {
      const std::string reach =
          at.items.empty() ? "only index 0 can be added" : fmt::format("it has 0 to {}", at.items.size() - 1);
      return fail_at(
          place, fmt::format("{} is an array, and \"{}\" is not an index of it: {}", walked, part, reach));
    }
    if (*index == at.items.size()) at.items.push_back(std::move(fresh));
    return &at.items[*index];
  }
  if (at.type == Node::Type::table) {
    Node* const there = at.find(part);
    return there != nullptr ? there : &at.add(part, std::move(fresh));
  }
  return fail_at(place,
                 fmt::format("{} is {}, not a table; set {} as a whole", walked, describe(at), walked));
}

constexpr std::string_view setting_source = "--set ";

// `walked` is the key of `at`, and `over_path` that of `over`.
Result<> lay_over_at(Node& at, const Node& over, const std::string& walked, const std::string& over_path) {
  const bool into = over.type == Node::Type::table &&
                    (at.type == Node::Type::table || (at.type == Node::Type::array && !over.members.empty()));
  if (!into) {
    if (at.place.source.starts_with(setting_source)) {
      return fail_at(at.place, fmt::format("{} sets this key again, at {}, and would hide it: set {} instead",
                                           over_path, to_string(over.place), over_path));
    }
    at = over;
    return {};
  }
  for (const Member& member : over.members) {
    const Node& value = member.value;
    const bool next_is_index = value.type == Node::Type::table && !value.members.empty() &&
                               as_index(value.members.front().key).has_value();
    auto next = step_into(at, member.key, walked, next_is_index, member.place);
    if (!next) return fail(next.error());
    const std::string path = walked.empty() ? member.key : walked + "." + member.key;
    if (auto laid = lay_over_at(**next, value, path, over_path + "." + member.key); !laid) return laid;
  }
  return {};
}

}  // namespace

Result<> lay_over(Node& document, const Node& over, const std::string& over_path) {
  return lay_over_at(document, over, "", over_path);
}

Result<> apply_setting(Node& document, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  const std::string key = without_outer_spaces(setting.substr(0, equals));
  const Place place{"--set " + key, 0, 0};
  const auto parts = split_setting_key(key);
  if (equals == std::string::npos || !parts) {
    return fail(Code::invalid, fmt::format("--set {}: write it as key=value, such as agents.count=8 or "
                                           "inject.0.hold.median=10ms",
                                           short_quote(setting)));
  }
  auto value = setting_value(setting.substr(equals + 1));
  if (!value) return fail_at(place, value.error().message);
  move_to(*value, place);

  Node* at = &document;
  std::string walked;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const bool next_is_index = i + 1 < parts->size() && as_index((*parts)[i + 1]).has_value();
    auto next = step_into(*at, (*parts)[i], walked, next_is_index, place);
    if (!next) return fail(next.error());
    at = *next;
    walked += (walked.empty() ? "" : ".") + (*parts)[i];
  }
  *at = std::move(*value);
  return {};
}

}  // namespace holdfast
