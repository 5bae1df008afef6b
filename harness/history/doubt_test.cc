#include "harness/history/doubt.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>

namespace holdfast {
namespace {

TEST(Doubts, EachKindHasANumberAWordAndAMeaningOfItsOwn) {
  std::set<std::string_view> words, meanings;
  std::set<DoubtKind> kinds;
  for (const DoubtRow& row : doubt_rows()) {
    EXPECT_TRUE(kinds.insert(row.kind).second) << row.word;
    EXPECT_TRUE(words.insert(row.word).second) << row.word;
    EXPECT_TRUE(meanings.insert(row.meaning).second) << row.word;
    EXPECT_FALSE(row.meaning.empty()) << row.word;
    for (const char letter : row.word) EXPECT_TRUE(std::islower(letter) != 0 || letter == '-') << row.word;
    EXPECT_EQ(find_doubt(row.word), row.kind);
    EXPECT_EQ(find_doubt(static_cast<std::uint64_t>(row.kind)), row.kind);
    EXPECT_EQ(doubt_word(row.kind), row.word);
    EXPECT_EQ(doubt_meaning(row.kind), row.meaning);
  }
}

TEST(Doubts, WhatThisVersionDoesNotKnowIsNotToldApart) {
  EXPECT_EQ(find_doubt(std::uint64_t{0}), DoubtKind::other);
  EXPECT_EQ(find_doubt(std::uint64_t{999'999}), DoubtKind::other);
  EXPECT_EQ(find_doubt(std::string_view("of-tomorrow")), DoubtKind::other);
}

}  // namespace
}  // namespace holdfast
