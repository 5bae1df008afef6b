// How a scenario key is read, checked and written back. A field describes what it wants with the same bounds that it
// checks, so that the error, the table of keys and the parser cannot drift apart.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/retry/duration.h"
#include "harness/scenario/document.h"
#include "harness/scenario/schema_parts.h"
#include "harness/scenario/unknown_word.h"

namespace holdfast {

template <typename Section>
struct Field {
  std::string wanted;  // "a whole number from 1 to 100000"
  // `path` is the key's full name, for errors.
  std::function<Result<>(const Node&, const std::string& path, Section&)> read;
  std::function<std::optional<Node>(const Section&)> write;  // none: the key is left out
  std::function<Node()> schema = {};                         // the values that fit, for editors; none: any
};

template <typename Section>
struct Key {
  std::string_view name;
  std::string_view meaning;
  Field<Section> field;
  bool required = false;
  std::span<const std::string_view> only_for = {};  // [[inject]]: kinds that have this key; none = every kind

  // Whether a section of this kind may have the key; kind "" has every key.
  [[nodiscard]] bool applies_to(std::string_view kind) const {
    return only_for.empty() || kind.empty() ||
           std::find(only_for.begin(), only_for.end(), kind) != only_for.end();
  }
};

template <typename Section>
using Keys = std::vector<Key<Section>>;

inline tl::unexpected<Error> mismatch(const Node& node, const std::string& path, const std::string& wanted) {
  return fail_at(node.place, fmt::format("{} is {}, but must be {}", path, describe(node), wanted));
}

template <typename T>
std::optional<T> present(const T& value) {
  return value;
}
template <typename T>
std::optional<T> present(const std::optional<T>& value) {
  return value;
}

template <typename Section, typename Member>
Field<Section> whole_number(Member Section::*member, std::int64_t least, std::int64_t most) {
  const std::string wanted = fmt::format("a whole number from {} to {}", least, most);
  return {wanted,
          [=](const Node& node, const std::string& path, Section& section) -> Result<> {
            const bool fits =
                node.type == Node::Type::integer && node.integer >= least && node.integer <= most;
            if (!fits) return mismatch(node, path, wanted);
            section.*member = static_cast<Member>(node.integer);
            return {};
          },
          [=](const Section& section) { return Node::of(static_cast<std::int64_t>(section.*member)); },
          [=] { return schema::whole(least, most); }};
}

template <typename Section>
Field<Section> yes_or_no(bool Section::*member) {
  return {"true or false",
          [=](const Node& node, const std::string& path, Section& section) -> Result<> {
            if (node.type != Node::Type::boolean) return mismatch(node, path, "true or false");
            section.*member = node.boolean;
            return {};
          },
          [=](const Section& section) { return Node::of_boolean(section.*member); },
          [] { return schema::of_type("boolean"); }};
}

enum class Least { included, excluded };

template <typename Section, typename Member>
Field<Section> real_number(Member Section::*member, double least, double most,
                           Least bound = Least::included) {
  const std::string wanted = bound == Least::included
                                 ? fmt::format("a number from {} to {}", least, most)
                                 : fmt::format("a number greater than {} and at most {}", least, most);
  return {wanted,
          [=](const Node& node, const std::string& path, Section& section) -> Result<> {
            const bool number = node.type == Node::Type::integer || node.type == Node::Type::real;
            const double value =
                node.type == Node::Type::integer ? static_cast<double>(node.integer) : node.real;
            const bool above = bound == Least::included ? value >= least : value > least;
            if (!number || !above || !(value <= most))
              return mismatch(node, path, wanted);  // NaN fits nowhere
            section.*member = value;
            return {};
          },
          [=](const Section& section) -> std::optional<Node> {
            const auto value = present(section.*member);
            return value ? std::optional<Node>(Node::of(*value)) : std::nullopt;
          },
          [=] { return schema::number(least, most, bound == Least::included); }};
}

// An optional duration may be "none", which removes a default.
template <typename Section, typename Member>
Field<Section> duration(Member Section::*member, Duration least, Duration most) {
  constexpr bool may_be_none = !std::is_same_v<Member, Duration>;
  const std::string wanted =
      fmt::format("a duration from \"{}\" to \"{}\", such as \"100ms\"{}", format_duration(least),
                  format_duration(most), may_be_none ? ", or \"none\"" : "");
  return {wanted,
          [=](const Node& node, const std::string& path, Section& section) -> Result<> {
            if constexpr (may_be_none) {
              if (node.type == Node::Type::string && node.text == "none") {
                section.*member = std::nullopt;
                return {};
              }
            }
            if (node.type != Node::Type::string) return mismatch(node, path, wanted);
            const auto value = parse_duration(node.text);
            if (!value || *value < least || *value > most) return mismatch(node, path, wanted);
            section.*member = *value;
            return {};
          },
          [=](const Section& section) -> std::optional<Node> {
            const auto value = present(section.*member);
            return Node::of(value ? format_duration(*value) : std::string("none"));
          },
          [=] {
            return may_be_none ? schema::any_of({schema::duration(), schema::words({"none"})})
                               : schema::duration();
          }};
}

template <typename T>
using Words = std::vector<std::pair<std::string_view, T>>;

template <typename T>
std::string_view word_for(const Words<T>& words, T value) {
  for (const auto& [word, meant] : words) {
    if (meant == value) return word;
  }
  return "?";
}

template <typename T>
std::vector<std::string_view> words_of(const Words<T>& words) {
  std::vector<std::string_view> names;
  for (const auto& word : words) names.push_back(word.first);
  return names;
}

// `what` names the thing in errors: "store", "kind of injector".
template <typename Section, typename Member, typename T>
Field<Section> one_of(Member Section::*member, const Words<T>& words, const std::string& what) {
  const std::string wanted = fmt::format("\"{}\"", fmt::join(words_of(words), "\", \""));
  return {words.size() == 1 ? wanted : "one of " + wanted,
          [=](const Node& node, const std::string& path, Section& section) -> Result<> {
            if (node.type != Node::Type::string) return mismatch(node, path, "one of " + wanted);
            for (const auto& [word, value] : words) {
              if (node.text != word) continue;
              section.*member = value;
              return {};
            }
            return fail_at(node.place,
                           fmt::format("{}: {}", path, unknown_word(what, node.text, words_of(words))));
          },
          [=](const Section& section) -> std::optional<Node> {
            const auto value = present(section.*member);
            return value ? std::optional<Node>(Node::of(std::string(word_for(words, *value)))) : std::nullopt;
          },
          [=] { return schema::words(words_of(words)); }};
}

// Reads `node` key by key, in the order of `keys`. `kind` gives the kind of section, once its first key is read; see
// Key::only_for.
template <typename Section>
Result<> read_section(const Node& node, const std::string& path, const Keys<Section>& keys, Section& section,
                      std::string_view (*kind)(const Section&) = nullptr) {
  if (node.type != Node::Type::table) return mismatch(node, path, "a table");
  const std::string prefix = path.empty() ? "" : path + ".";

  std::vector<std::string_view> valid;
  for (const auto& key : keys) valid.push_back(key.name);
  const Member* unknown = nullptr;  // the first in the file, regardless of the members' order
  for (const Member& member : node.members) {
    if (std::find(valid.begin(), valid.end(), member.key) != valid.end()) continue;
    const auto position = [](const Member& m) { return std::pair(m.place.line, m.place.column); };
    if (unknown == nullptr || position(member) < position(*unknown)) unknown = &member;
  }
  if (unknown != nullptr) {
    const std::string where = path.empty() ? "key" : "key in " + path;
    return fail_at(unknown->place, unknown_word(where, unknown->key, valid));
  }

  for (const auto& key : keys) {
    const Node* value = node.find(key.name);
    const bool applies = key.applies_to(kind == nullptr ? "" : kind(section));
    if (value != nullptr && !applies) {
      return fail_at(value->place,
                     fmt::format("{}{} belongs to kind = \"{}\", but this is kind = \"{}\"", prefix, key.name,
                                 fmt::join(key.only_for, "\" or \""), kind(section)));
    }
    if (value == nullptr && key.required && applies) {
      return fail_at(node.place,
                     fmt::format("{}{} is missing; it must be {}", prefix, key.name, key.field.wanted));
    }
    if (value == nullptr) continue;
    if (auto read = key.field.read(*value, prefix + std::string(key.name), section); !read) return read;
  }
  return {};
}

template <typename Section>
Node write_section(const Section& section, const Keys<Section>& keys,
                   std::string_view (*kind)(const Section&) = nullptr) {
  Node node;
  for (const auto& key : keys) {
    if (!key.applies_to(kind == nullptr ? "" : kind(section))) continue;
    if (auto value = key.field.write(section)) node.add(std::string(key.name), std::move(*value));
  }
  return node;
}

// The schema of a table with these keys. With kinds, each of the table's must have the keys that its kind requires and
// may not have others'; `usual_kind` is that of a table that does not say.
template <typename Section>
Node section_schema(const Keys<Section>& keys, const std::vector<std::string_view>& kinds = {},
                    std::string_view usual_kind = {}) {
  Node properties, required = schema::array_of({});
  for (const auto& key : keys) {
    Node value = key.field.schema ? key.field.schema() : Node{};
    value.add("description", Node::of(fmt::format("{}: {}", key.meaning, key.field.wanted)));
    properties.add(std::string(key.name), std::move(value));
    if (key.required && key.only_for.empty()) required.items.push_back(Node::of(std::string(key.name)));
  }
  Node table = schema::of_type("object");
  table.add("properties", std::move(properties));
  if (!required.items.empty()) table.add("required", std::move(required));
  table.add("additionalProperties", Node::of_boolean(false));
  std::vector<Node> by_kind;
  for (const std::string_view kind : kinds) {
    Node is_kind, its_kind, keys_of_others, keys_required = schema::array_of({});
    is_kind.add("const", Node::of(std::string(kind)));
    its_kind.add("properties", Node{}).add("kind", std::move(is_kind));
    if (kind != usual_kind) its_kind.add("required", schema::array_of({Node::of(std::string("kind"))}));
    for (const auto& key : keys) {
      if (!key.applies_to(kind)) keys_of_others.add(std::string(key.name), Node::of_boolean(false));
      if (key.applies_to(kind) && key.required && !key.only_for.empty())
        keys_required.items.push_back(Node::of(std::string(key.name)));
    }
    Node then, rule;
    then.add("properties", std::move(keys_of_others));
    if (!keys_required.items.empty()) then.add("required", std::move(keys_required));
    rule.add("if", std::move(its_kind));
    rule.add("then", std::move(then));
    by_kind.push_back(std::move(rule));
  }
  if (!by_kind.empty()) table.add("allOf", schema::array_of(std::move(by_kind)));
  return table;
}

}  // namespace holdfast
