#include "harness/scenario/expect_keys.h"

#include <array>
#include <string>
#include <utility>

#include "harness/scenario/expect_expression.h"
#include "harness/scenario/figures.h"
#include "harness/scenario/key_tables.h"

namespace holdfast {
namespace {

bool is_whole_expectation(const Node& node) {
  return node.type == Node::Type::string && node.text.find_first_of("<>=!") != std::string::npos;
}

Result<> read_whole(const Node& node, const std::string& path, Expectation& expectation) {
  auto read = read_expectation(node.text);
  if (!read) return fail_at(node.place, fmt::format("{}: {}", path, read.error().message));
  expectation = std::move(*read);
  return {};
}

Node whole_expectation_schema() {
  return schema::text("^ *[a-z0-9._-]+ *(<=|>=|==) *[0-9]");
}

// A figure's name, or a whole expectation as of --expect: "latency.p99 <= 50ms".
Field<Expectation> figure_field() {
  return {"a figure of result.json; or a whole expectation, such as \"latency.p99 <= 50ms\"",
          [](const Node& node, const std::string& path, Expectation& expectation) -> Result<> {
            if (node.type != Node::Type::string) return mismatch(node, path, "a figure of result.json");
            if (is_whole_expectation(node)) return read_whole(node, path, expectation);
            if (find_figure(node.text) == nullptr) {
              return fail_at(node.place, path + ": " + unknown_word("figure", node.text, figure_names()));
            }
            expectation.figure = node.text;
            return {};
          },
          [](const Expectation& expectation) { return Node::of(expectation.figure); },
          [] {
            return schema::any_of({schema::words(figure_names()), whole_expectation_schema()});
          }};
}

constexpr double largest_bound = 1e15;
constexpr std::array<std::string_view, 3> relations = {"at_least", "at_most", "equals"};

// A number, or text as of --expect.
Field<Expectation> bound_field(Relation relation) {
  const Field<Expectation> number = real_number(&Expectation::value, 0, largest_bound);
  Field<Expectation> field;
  field.wanted = number.wanted + ", or text such as \"50ms\" or \"99%\"";
  field.read = [=](const Node& node, const std::string& path, Expectation& expectation) -> Result<> {
    const Figure* const figure = find_figure(expectation.figure);
    if (node.type == Node::Type::string) {
      const auto threshold = read_threshold(*figure, node.text);
      if (!threshold) return fail_at(node.place, fmt::format("{}: {}", path, threshold.error().message));
      expectation.value = *threshold;
    } else if (auto read = number.read(node, path, expectation); !read) {
      return read;
    }
    if (figure->unit == "share" && expectation.value > 1) {
      return fail_at(node.place, fmt::format("{} is {}, but {} is a share, from 0 to 1", path, describe(node),
                                             expectation.figure));
    }
    expectation.relation = relation;
    return {};
  };
  field.write = [=](const Expectation& expectation) {
    return expectation.relation == relation ? number.write(expectation) : std::nullopt;
  };
  field.schema = [=] { return schema::any_of({number.schema(), schema::text("^ *[0-9]")}); };
  return field;
}

// An item of `expect`: a table with a figure and one bound, or the two in one string.
Result<> read_expectation_item(const Node& item, const std::string& path, Expectation& expectation) {
  if (item.type == Node::Type::string) return read_whole(item, path, expectation);
  if (auto read = read_section(item, path, expectation_keys(), expectation); !read) return read;
  int bounds = is_whole_expectation(*item.find("figure")) ? 1 : 0;
  for (const std::string_view relation : relations) bounds += item.find(relation) != nullptr ? 1 : 0;
  if (bounds == 1) return {};
  return fail_at(item.place, fmt::format("{} has {} of at_least, at_most and equals; write exactly one", path,
                                         bounds == 0 ? "none" : "more than one"));
}

}  // namespace

Field<Scenario> expectations_field() {
  const std::string wanted =
      "an array of tables, each begun with [[expect]], or of texts such as \"latency.p99 <= 50ms\"";
  return {
      wanted,
      [=](const Node& node, const std::string& path, Scenario& scenario) -> Result<> {
        if (node.type != Node::Type::array) return mismatch(node, path, wanted);
        for (const Node& item : node.items) {
          Expectation expectation;
          const std::string item_path = fmt::format("{}.{}", path, scenario.expectations.size());
          if (auto read = read_expectation_item(item, item_path, expectation); !read) return read;
          scenario.expectations.push_back(std::move(expectation));
        }
        return {};
      },
      [](const Scenario& scenario) -> std::optional<Node> {
        Node array;
        array.type = Node::Type::array;
        for (const Expectation& expectation : scenario.expectations) {
          array.items.push_back(write_section(expectation, expectation_keys()));
        }
        return array;
      },
      [] {
        return schema::list(schema::any_of({section_schema(expectation_keys()), whole_expectation_schema()}));
      }};
}

const Keys<Expectation>& expectation_keys() {
  static const Keys<Expectation> keys = {
      {"figure", "the figure to compare with a bound", figure_field(), true},
      {"at_least", "missed below this", bound_field(Relation::at_least)},
      {"at_most", "missed above this", bound_field(Relation::at_most)},
      {"equals", "missed unless it is this", bound_field(Relation::equals)},
  };
  return keys;
}

}  // namespace holdfast
