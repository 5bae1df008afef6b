#include "core/base/nearest_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace holdfast {
namespace {

TEST(NearestName, finds_what_was_meant) {
  constexpr std::array<std::string_view, 4> known{"max_retries", "max_delay", "multiplier", "jitter"};
  EXPECT_EQ(nearest_name("max_retrys", known), "max_retries");
  EXPECT_EQ(nearest_name("maxdelay", known), "max_delay");
  EXPECT_EQ(nearest_name("jtiter", known), "jitter");
  EXPECT_EQ(nearest_name("multi_plier", known), "multiplier");
}

TEST(NearestName, counts_a_swap_of_neighbours_once) {
  constexpr std::array<std::string_view, 2> known{"abxx", "ba"};
  EXPECT_EQ(nearest_name("ab", known), "ba");  // 1 swap against 2 letters; two changes would be a draw
}

TEST(NearestName, bears_the_empty_and_the_endless) {
  EXPECT_EQ(nearest_name("x", {}), "");
  constexpr std::array<std::string_view, 2> known{"abc", "d"};
  EXPECT_EQ(nearest_name("", known), "");
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'a'), known), "");
}

TEST(NearestName, suggests_nothing_that_is_not_near) {
  constexpr std::array<std::string_view, 4> known{"--out", "replay", "gate", "run"};
  for (const char* const far : {"--dry-run", "explain", "validate", "-V", "frobnicate", "x", "ru-n-all"})
    EXPECT_EQ(nearest_name(far, known), "") << far;
  EXPECT_EQ(nearest_hint("explain", known), "");
  EXPECT_EQ(nearest_hint("repaly", known), "; the nearest is \"replay\"");
  EXPECT_EQ(nearest_hint("rnu", known, '\''), "; the nearest is 'run'");
}

}  // namespace
}  // namespace holdfast
