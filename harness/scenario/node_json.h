// A document as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/scenario/document.h"

namespace holdfast {

nlohmann::ordered_json json_of(const Node& node);

}  // namespace holdfast
