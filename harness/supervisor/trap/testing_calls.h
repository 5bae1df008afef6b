// For tests: a trapped call as the kernel hands it over.
#pragma once

#include <fcntl.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "harness/supervisor/trap/trapped_calls.h"

namespace holdfast {

inline seccomp_data call_of(long number, std::initializer_list<std::uint64_t> arguments) {
  seccomp_data data{};
  data.nr = static_cast<int>(number);
  data.arch = native_architecture;
  std::copy(arguments.begin(), arguments.end(), data.args);
  return data;
}

// A 32-bit argument may come with anything in the upper half of its register.
inline constexpr std::uint64_t dirt = 0xDEADBEEF00000000ULL;
inline constexpr std::uint64_t at_fdcwd = static_cast<std::uint32_t>(AT_FDCWD);

}  // namespace holdfast
