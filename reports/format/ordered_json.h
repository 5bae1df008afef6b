// JSON with its fields in the order in which they are written, so that files read from the most important down.
// Heavy to include.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace holdfast {

using OrderedJson = nlohmann::ordered_json;

// Indented, ends in a newline. Bytes that are not UTF-8 become U+FFFD.
std::string dumped(const OrderedJson& json);

// JSON has no NaN and no infinity; null is read back as "no number".
OrderedJson json_number(double value);

}  // namespace holdfast
