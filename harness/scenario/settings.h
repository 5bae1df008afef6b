// --set: values laid over a scenario before it is checked.
#pragma once

#include <string>

#include "core/base/result.h"
#include "harness/scenario/document.h"

namespace holdfast {

// Lays `setting`, "dotted.key=value", over `document`. Parts of the key that are numbers index arrays; an
// index one past the end appends. The value is TOML; a bare word is a string. What was set says "--set key"
// for its place.
Result<> apply_setting(Node& document, const std::string& setting);

}  // namespace holdfast
