#include "harness/scenario/node_json.h"

namespace holdfast {

nlohmann::ordered_json json_of(const Node& node) {
  switch (node.type) {
    case Node::Type::string:
      return node.text;
    case Node::Type::integer:
      return node.integer;
    case Node::Type::real:
      return node.real;
    case Node::Type::boolean:
      return node.boolean;
    case Node::Type::array: {
      auto array = nlohmann::ordered_json::array();
      for (const Node& item : node.items) array.push_back(json_of(item));
      return array;
    }
    case Node::Type::table: {
      auto object = nlohmann::ordered_json::object();
      for (const Member& member : node.members) object[member.key] = json_of(member.value);
      return object;
    }
    case Node::Type::date:
    case Node::Type::null:
      break;
  }
  return nullptr;
}

}  // namespace holdfast
