// --set and variants: values laid over a scenario before it is checked.
#pragma once

#include <string>

#include "core/base/result.h"
#include "harness/scenario/document.h"

namespace holdfast {

// Lays `setting`, "dotted.key=value", over `document`. Parts of the key that are numbers index arrays; an
// index one past the end appends. The value is TOML; a bare word is a string. What was set says "--set key"
// for its place.
Result<> apply_setting(Node& document, const std::string& setting);

// Lays the table `over` over `document`, key by key and into arrays by index, as if each of its values had
// been set by itself. What it brings keeps its own places. `over_path` is its name for errors: a key that
// leads nowhere, and a value from --set that would be hidden.
Result<> lay_over(Node& document, const Node& over, const std::string& over_path);

}  // namespace holdfast
