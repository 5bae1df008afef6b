// The only file that includes toml++ (three seconds of compilation).

#include <fmt/format.h>

#include <stdexcept>

#include "harness/scenario/document.h"
#include "harness/scenario/screen_toml.h"

// toml++ 3.3 takes some bad input for its own mistake ("[=]" fails an assertion; with NDEBUG it goes on
// regardless). Here its assertions throw, in every build, and become errors like others. The copy of it that
// is compiled this way gets a name of its own, so that it cannot be mixed up with the core's at link time.
namespace holdfast::detail {
[[noreturn]] inline void toml_assertion_failed() {
  throw std::runtime_error("this is not TOML");
}
}  // namespace holdfast::detail
#define TOML_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::holdfast::detail::toml_assertion_failed())
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define toml holdfast_checked_toml
#include <toml++/toml.h>
#undef toml
#pragma pop_macro("NDEBUG")

namespace holdfast {
namespace {

namespace toml = holdfast_checked_toml;

Place place_of(const toml::source_region& source, const std::string& file_name) {
  return {file_name, source.begin.line, source.begin.column};
}

Node convert_toml(const toml::node& from, const std::string& file_name) {
  Node to;
  to.place = place_of(from.source(), file_name);
  switch (from.type()) {
    case toml::node_type::string:
      to.type = Node::Type::string;
      to.text = from.as_string()->get();
      break;
    case toml::node_type::integer:
      to.type = Node::Type::integer;
      to.integer = from.as_integer()->get();
      break;
    case toml::node_type::floating_point:
      to.type = Node::Type::real;
      to.real = from.as_floating_point()->get();
      break;
    case toml::node_type::boolean:
      to.type = Node::Type::boolean;
      to.boolean = from.as_boolean()->get();
      break;
    case toml::node_type::array:
      to.type = Node::Type::array;
      for (const toml::node& item : *from.as_array()) to.items.push_back(convert_toml(item, file_name));
      break;
    case toml::node_type::table:
      for (const auto& [key, value] : *from.as_table()) {
        to.members.push_back(
            {std::string(key.str()), place_of(key.source(), file_name), convert_toml(value, file_name)});
      }
      break;
    default:
      to.type = Node::Type::date;
      break;
  }
  return to;
}

}  // namespace

Result<Node> read_toml(std::string_view text, const std::string& file_name) {
  if (auto harmless = screen_toml(text, file_name); !harmless) return fail(harmless.error());
  try {
    const toml::table table = toml::parse(text, std::string_view(file_name));
    Node node = convert_toml(table, file_name);
    node.place = {file_name, 1, 1};
    return node;
  } catch (const toml::parse_error& error) {
    return fail_at(place_of(error.source(), file_name), std::string(error.description()));
  } catch (const std::exception& error) {
    return fail_at({file_name, 1, 1}, error.what());
  }
}

Result<Node> read_toml_value(const std::string& text) {
  auto document = read_toml("value = " + text, "");
  if (!document) return fail(document.error());
  // More than one member: a line break in the text began another key.
  if (document->members.size() != 1 || document->members[0].key != "value") {
    return fail(Code::invalid, "more than one value");
  }
  return std::move(document->members[0].value);
}

}  // namespace holdfast
