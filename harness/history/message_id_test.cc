#include "harness/history/message_id.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace holdfast {
namespace {

TEST(MessageIdTest, IsWrittenSenderDashNumber) {
  EXPECT_EQ(to_string(MessageId{3, 17}), "3-17");
  EXPECT_EQ(to_string(MessageId{0, 0}), "0-0");
  EXPECT_EQ(parse_message_id("4294967295-4294967295"), (MessageId{0xFFFFFFFF, 0xFFFFFFFF}));
}

TEST(MessageIdTest, RefusesWhatToStringNeverWrites) {
  for (const char* text :
       {"", "-", "1", "1-", "-1", "01-1", "1-01", "00-0", "1-1 ", " 1-1", "+1-1", "1--1", "1-1-1", "0x1-1",
        "4294967296-0", "0-4294967296", "99999999999999999999-1", "1-a"}) {
    EXPECT_EQ(parse_message_id(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_message_id(std::string_view("1-1\0", 4)), std::nullopt);
}

RC_GTEST_PROP(MessageIdTest, ReadsBackAndPacks, (std::uint32_t sender, std::uint32_t number)) {
  const MessageId id{sender, number};
  RC_ASSERT(parse_message_id(to_string(id)) == id);
  RC_ASSERT(MessageId::unpacked(id.packed()) == id);
}

}  // namespace
}  // namespace holdfast
