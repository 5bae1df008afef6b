// The names of the checks, as scenarios write them. What each one means stands in harness/check, where a test
// keeps this list the same as the checks there are.
#pragma once

#include <array>
#include <string_view>

namespace holdfast {

inline constexpr std::array<std::string_view, 9> check_names = {
    "delivered", "lost",        "phantom",          "duplicate",   "order",
    "torn-read", "orphan-temp", "retry-discipline", "faults-fired"};

}  // namespace holdfast
