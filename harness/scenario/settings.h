// --set and variants: values applied to a scenario before it is checked.
#pragma once

#include <string>

#include "core/base/result.h"
#include "harness/scenario/document.h"

namespace holdfast {

// Applies `setting`, "dotted.key=value", to `document`. Numeric parts of the key index arrays; an index one past the
// end appends. The value is TOML; a bare word is a string. The place of the new value is "--set key".
Result<> apply_setting(Node& document, const std::string& setting);

// Applies the table `over` to `document`, key by key and into arrays by index, as if each value had been set on its
// own. Its values keep their places. `over_path` is its name in errors: for an invalid key, or a value from --set
// that would be overridden.
Result<> lay_over(Node& document, const Node& over, const std::string& over_path);

}  // namespace holdfast
