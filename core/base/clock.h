// Time: nanoseconds on CLOCK_MONOTONIC, one clock for every process of one boot.
#pragma once

#include <chrono>
#include <cstdint>

namespace holdfast {

inline std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace holdfast
