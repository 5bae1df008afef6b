// JSON with its fields in order of insertion, so that files begin with the most important. Heavy to include.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace holdfast {

using OrderedJson = nlohmann::ordered_json;

// Indented, ends in a newline. Bytes that are not UTF-8 become U+FFFD.
std::string dumped(const OrderedJson& json);

// JSON has no NaN and no infinity; null is read back as "no number".
OrderedJson json_number(double value);
OrderedJson json_number(const std::optional<double>& value);

// "" is null.
OrderedJson json_text(const std::string& text);

}  // namespace holdfast
