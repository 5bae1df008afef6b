// Assertions that stay on in release builds: a broken invariant stops the program where it broke.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace holdfast::detail {
[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "holdfast: internal error: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}
}  // namespace holdfast::detail

#define HOLDFAST_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::holdfast::detail::check_failed(#condition, __FILE__, __LINE__))
