#include "harness/scenario/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/scenario/quote.h"

namespace holdfast {

std::string to_string(const Place& place) {
  if (place.line == 0) return place.source;
  return fmt::format("{}:{}:{}", place.source, place.line, place.column);
}

const Node* Node::find(std::string_view key) const {
  const auto at = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.key == key; });
  return at == members.end() ? nullptr : &at->value;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(std::as_const(*this).find(key));
}

Node Node::of(std::string text) {
  Node node;
  node.type = Type::string;
  node.text = std::move(text);
  return node;
}

Node Node::of(std::int64_t integer) {
  Node node;
  node.type = Type::integer;
  node.integer = integer;
  return node;
}

Node Node::of(double real) {
  Node node;
  node.type = Type::real;
  node.real = real;
  return node;
}

Node Node::of_boolean(bool boolean) {
  Node node;
  node.type = Type::boolean;
  node.boolean = boolean;
  return node;
}

Node& Node::add(std::string key, Node value) {
  members.push_back({std::move(key), value.place, std::move(value)});
  return members.back().value;
}

std::string describe(const Node& node) {
  switch (node.type) {
    case Node::Type::string:
      return "the string " + short_quote(node.text);
    case Node::Type::integer:
      return fmt::format("{}", node.integer);
    case Node::Type::real:
      return fmt::format("{:#}", node.real);  // 8.0, not 8: shows why it is not a whole number
    case Node::Type::boolean:
      return node.boolean ? "true" : "false";
    case Node::Type::date:
      return "a date or time";
    case Node::Type::null:
      return "null";
    case Node::Type::array:
      return "an array";
    case Node::Type::table:
      return "a table";
  }
  return "something else";
}

tl::unexpected<Error> fail_at(const Place& place, const std::string& message) {
  return fail(Code::invalid, to_string(place) + ": " + message);
}

}  // namespace holdfast
