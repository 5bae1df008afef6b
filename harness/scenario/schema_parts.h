// Parts of the JSON schema of a scenario, as documents; each field brings its own (fields.h).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/scenario/document.h"

namespace holdfast::schema {

inline Node of_type(std::string type) {
  Node node;
  node.add("type", Node::of(std::move(type)));
  return node;
}

inline Node whole(std::int64_t least, std::int64_t most) {
  Node node = of_type("integer");
  node.add("minimum", Node::of(least));
  node.add("maximum", Node::of(most));
  return node;
}

inline Node number(double least, double most, bool least_included) {
  Node node = of_type("number");
  node.add(least_included ? "minimum" : "exclusiveMinimum", Node::of(least));
  node.add("maximum", Node::of(most));
  return node;
}

inline Node text(std::string pattern = {}) {
  Node node = of_type("string");
  if (!pattern.empty()) node.add("pattern", Node::of(std::move(pattern)));
  return node;
}

inline Node array_of(std::vector<Node> items) {
  Node node;
  node.type = Node::Type::array;
  node.items = std::move(items);
  return node;
}

inline Node words(const std::vector<std::string_view>& words) {
  std::vector<Node> names;
  names.reserve(words.size());
  for (const std::string_view word : words) names.push_back(Node::of(std::string(word)));
  Node node;
  node.add("enum", array_of(std::move(names)));
  return node;
}

inline Node any_of(std::vector<Node> choices) {
  Node node;
  node.add("anyOf", array_of(std::move(choices)));
  return node;
}

// An array of at least one.
inline Node list(Node item) {
  Node node = of_type("array");
  node.add("items", std::move(item));
  node.add("minItems", Node::of(std::int64_t{1}));
  return node;
}

inline Node duration() {
  return text("^[0-9]+([.][0-9]+)?(ns|us|µs|ms|s|m|min|h)$");
}

}  // namespace holdfast::schema
