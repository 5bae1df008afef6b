// From the nanoseconds of a history to the figures of a summary.
#pragma once

#include <cmath>
#include <cstdint>

namespace holdfast {

// To whole microseconds: nothing finer means anything here, and the figures stay short and
// the same everywhere.
inline double milliseconds(std::int64_t ns) {
  return std::round(static_cast<double>(ns) / 1e3) / 1e3;
}

}  // namespace holdfast
