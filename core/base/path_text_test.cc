#include "core/base/path_text.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(PathText, FileNameIsWhatStandsBehindTheLastSlash) {
  EXPECT_EQ(file_name("/a/b.json"), "b.json");
  EXPECT_EQ(file_name("b.json"), "b.json");
  EXPECT_EQ(file_name("/a/"), "");
  EXPECT_EQ(file_name(""), "");
}

TEST(PathText, DirectoryIsWhatStandsBeforeIt) {
  EXPECT_EQ(directory_of("/a/b/c"), "/a/b");
  EXPECT_EQ(directory_of("/a"), "/");
  EXPECT_EQ(directory_of("/"), "/");
}

TEST(PathText, ALongerNameIsAnotherDirectory) {
  EXPECT_TRUE(is_within("/a/b", "/a/b"));
  EXPECT_TRUE(is_within("/a/b/c", "/a/b"));
  EXPECT_FALSE(is_within("/a/bc", "/a/b")) << "a longer name is another directory";
  EXPECT_FALSE(is_within("/a", "/a/b"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_TRUE(is_within("/", "/"));
}

}  // namespace
}  // namespace holdfast
