// For messages about an unknown name: which known one was probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace holdfast {

// The known name with the fewest letters to change, add, drop or swap, the first of equals; empty if that would be more
// than a third of the letters of the longer, since nobody means that.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

// "; the nearest is 'jitter'", or empty if none is near.
std::string nearest_hint(std::string_view name, std::span<const std::string_view> known, char quote = '"');

}  // namespace holdfast
