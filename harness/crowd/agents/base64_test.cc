#include "harness/crowd/agents/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include <rapidcheck/gtest.h>

namespace holdfast {
namespace {

// RFC 4648, section 10.
TEST(Base64Test, VectorsOfTheStandard) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64Test, WhatIsNone) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm 9", "Zm\n9", "Zm-v"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

RC_GTEST_PROP(Base64Test, AnyBytesComeBack, (const std::string& bytes)) {
  RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
}

}  // namespace
}  // namespace holdfast
