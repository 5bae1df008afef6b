// How a Summary is laid out in JSON; shared by result.json and the comparison. Heavy to include: two .cc
// files do.
#pragma once

#include <nlohmann/json.hpp>

#include "reports/summary.h"

namespace holdfast {

// Keeps the order in which fields are written, so that files read from the most important down.
using OrderedJson = nlohmann::ordered_json;

OrderedJson summary_json(const Summary& summary);

// Indented, ends in a newline. Bytes that are not UTF-8 become U+FFFD.
std::string dumped(const OrderedJson& json);

}  // namespace holdfast
