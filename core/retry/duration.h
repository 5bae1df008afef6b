// Durations as people write them: "100ms", "1.5s", "2m", "30us".
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/retry/retry_policy.h"

namespace holdfast {

// A decimal number, without sign or exponent, and a unit: ns, us (or µs), ms, s, m or min, h. Exact: anything finer
// than a nanosecond or above 292 years is Code::invalid. Bare numbers are refused, even "0": a missing unit is how
// waits become a thousand times too long.
Result<Duration> parse_duration(std::string_view text);

// The shortest exact form that parse_duration reads back to the same value: "100ms", "3.1s", "90s", "2m".
std::string format_duration(Duration duration);

}  // namespace holdfast
