#include "harness/scenario/quote.h"

#include <gtest/gtest.h>

#include "harness/scenario/unknown_word.h"

namespace holdfast {
namespace {

TEST(QuoteTest, IsShortAndHasNoControlCharacters) {
  EXPECT_EQ(short_quote(""), "\"\"");
  EXPECT_EQ(short_quote("a\tb\x1b"), "\"a?b?\"");
  EXPECT_EQ(short_quote(std::string(60, 'x')), "\"" + std::string(60, 'x') + "\"");
  EXPECT_EQ(short_quote(std::string(61, 'x')), "\"" + std::string(60, 'x') + "…\"");
}

TEST(QuoteTest, IsCutBetweenCharacters) {
  std::string umlauts;
  for (int i = 0; i < 50; ++i) umlauts += "ä";
  EXPECT_EQ(short_quote("x" + umlauts), "\"x" + umlauts.substr(0, 58) + "…\"");
  EXPECT_EQ(short_quote(std::string(100, '\x80')), "\"…\"");
}

TEST(UnknownWordTest, NamesTheNearestAndTheRest) {
  EXPECT_EQ(unknown_word("key", "cuont", {"rate", "count"}),
            "unknown key \"cuont\"; the nearest is \"count\". Valid here: rate, count");
}

}  // namespace
}  // namespace holdfast
