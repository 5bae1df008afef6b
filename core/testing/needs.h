// What a test needs from the machine. Without it, the test is skipped, but never silently in ci/test: with
// HOLDFAST_NOTHING_SKIPPED=FILE every skip is a failure, except for tests that need root or a particular kernel,
// which are listed by name in FILE.
//
// No other file skips a test (ci/test looks): what never makes sense in some build is left out by the preprocessor.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace holdfast {

inline bool may_skip() {
  return std::getenv("HOLDFAST_NOTHING_SKIPPED") == nullptr;  // NOLINT(concurrency-mt-unsafe)
}

// False if it should have been listed and could not.
inline bool listed_as_skipped(const std::string& why) {
  const char* list = std::getenv("HOLDFAST_NOTHING_SKIPPED");  // NOLINT(concurrency-mt-unsafe)
  if (list == nullptr) return true;
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  const std::string name = test != nullptr ? std::string(test->test_suite_name()) + "." + test->name() : "?";
  const std::string line = name + ": " + why + "\n";
  const int file = ::open(list, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return false;
  const bool written = ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  return ::close(file) == 0 && written;
}

}  // namespace holdfast

// In a test or in SetUp().
#define HOLDFAST_NEEDS(is_there, what)     \
  if (is_there) {                          \
  } else if (::holdfast::may_skip())       \
    GTEST_SKIP() << "this needs " << what; \
  else                                     \
    GTEST_FAIL() << "this needs " << what << ", and nothing may be skipped (HOLDFAST_NOTHING_SKIPPED)"

#define HOLDFAST_NEEDS_ROOT(what) HOLDFAST_NEEDS_OR_LISTS(::geteuid() == 0, "only root may " what)

// For what ci/setup cannot install.
#define HOLDFAST_NEEDS_KERNEL(is_there, what) HOLDFAST_NEEDS_OR_LISTS(is_there, "this kernel has no " what)

#define HOLDFAST_NEEDS_OR_LISTS(is_there, why)   \
  if (is_there) {                                \
  } else if (::holdfast::listed_as_skipped(why)) \
    GTEST_SKIP() << (why);                       \
  else                                           \
    GTEST_FAIL() << (why) << ", and the list of HOLDFAST_NOTHING_SKIPPED cannot be written"
