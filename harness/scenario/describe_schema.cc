// The schema of scenarios, from the tables that the parser reads by.
#include <string>
#include <utility>

#include "harness/scenario/key_tables.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/node_json.h"

namespace holdfast {

std::string scenario_schema() {
  Node document;
  document.add("$schema", Node::of(std::string("http://json-schema.org/draft-07/schema#")));
  document.add("title", Node::of(std::string("A Holdfast scenario")));
  for (Member& member : section_schema(scenario_keys()).members)
    document.add(std::move(member.key), std::move(member.value));
  return json_of(document).dump(2) + "\n";
}

}  // namespace holdfast
