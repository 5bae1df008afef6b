// For messages about an unknown name: which known one was probably meant.
#pragma once

#include <span>
#include <string_view>

namespace holdfast {

// The known name with the fewest letters to change, add, drop or swap, the first of equals; empty
// if `known` is.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace holdfast
