#include "harness/scenario/nearest.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "harness/scenario/quote.h"

namespace holdfast {
namespace {

TEST(NearestTest, CountsEdits) {
  EXPECT_EQ(edit_distance("count", "count"), 0U);
  EXPECT_EQ(edit_distance("Count", "count"), 0U);
  EXPECT_EQ(edit_distance("cuont", "count"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(NearestTest, NamesWhatWasMeantOrNothing) {
  EXPECT_EQ(nearest("brodcast", {"count", "broadcasts", "rate"}), "broadcasts");
  EXPECT_EQ(nearest("zzzzzz", {"count", "broadcasts", "rate"}), std::nullopt);
  EXPECT_EQ(nearest("x", {}), std::nullopt);
  EXPECT_EQ(nearest("ab", {"ac", "ad"}), "ac");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), {"a"}), std::nullopt);
}

TEST(NearestTest, AShortQuoteIsShortAndCutBetweenCharacters) {
  EXPECT_EQ(short_quote("a\tb\x1b"), "\"a?b?\"");
  EXPECT_EQ(short_quote(std::string(61, 'x')), "\"" + std::string(60, 'x') + "…\"");
  std::string umlauts;
  for (int i = 0; i < 50; ++i) umlauts += "ä";
  EXPECT_EQ(short_quote("x" + umlauts), "\"x" + umlauts.substr(0, 58) + "…\"");
}

RC_GTEST_PROP(NearestTest, DistanceIsSymmetricAndBounded, (const std::string& a, const std::string& b)) {
  const std::size_t distance = edit_distance(a, b);
  RC_ASSERT(distance == edit_distance(b, a));
  RC_ASSERT(distance <= std::max(a.size(), b.size()));
  RC_ASSERT(distance >= std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
}

}  // namespace
}  // namespace holdfast
