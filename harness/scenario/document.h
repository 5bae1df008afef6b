// A tree of values with their places. TOML scenarios, --set values and the scenario inside plan.json are all read
// into it, so that one table of keys (keys.h) serves all three.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace holdfast {

// Where a value was written, as shown in errors: "file:line:column", "--set key", or just "file" if there are no
// lines (plan.json).
struct Place {
  std::string source;
  std::uint32_t line = 0;  // 1 = first; 0 = no lines
  std::uint32_t column = 0;
};
std::string to_string(const Place& place);

struct Member;

struct Node {
  enum class Type { string, integer, real, boolean, date, null, array, table };

  Type type = Type::table;
  Place place;
  std::string text;             // string
  std::int64_t integer = 0;     // integer
  double real = 0;              // real
  bool boolean = false;         // boolean
  std::vector<Node> items;      // array
  std::vector<Member> members;  // table

  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);

  static Node of(std::string text);
  static Node of(std::int64_t integer);
  static Node of(double real);
  static Node of_boolean(bool boolean);
  Node& add(std::string key, Node value);  // to a table; returns the added value
};

struct Member {
  std::string key;
  Place place;  // of the key
  Node value;
};

// What was found, for errors: the string "eight", the number -3, a table.
std::string describe(const Node& node);

// The TOML text as a table. Errors are Code::invalid and begin "file:line:column: ".
Result<Node> read_toml(std::string_view text, const std::string& file_name);

// One TOML value, as after "=".
Result<Node> read_toml_value(const std::string& text);

// Code::invalid, "<place>: <message>".
tl::unexpected<Error> fail_at(const Place& place, const std::string& message);

}  // namespace holdfast
