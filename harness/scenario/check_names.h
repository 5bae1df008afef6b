// The names of the checks, as scenarios write them. What each one means stands in harness/check, where a test
// keeps this list the same as the checks there are.
#pragma once

#include <array>
#include <string_view>

namespace holdfast {

inline constexpr std::array<std::string_view, 18> check_names = {
    "delivered",   "lost",     "phantom",          "duplicate",    "order",     "divergent-order",
    "torn-read",   "vanished", "stale-read",       "resurrected",  "recovered", "durability",
    "orphan-temp", "leaks",    "retry-discipline", "bounded-wait", "progress",  "faults-fired"};

}  // namespace holdfast
