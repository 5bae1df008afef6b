#include "scenarios/subjects/origin_json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace holdfast {
namespace {

Entry origin_test_entry(const std::string& id) {
  Entry entry;
  entry.id = id;
  entry.sender = "agent-1";
  entry.recipient = "agent-2";
  entry.body = "a \"quoted\" body with } and { and \\ in it";
  return entry;
}

TEST(OriginJsonTest, ReadsBackWhatItWrites) {
  std::vector<Entry> entries = {origin_test_entry("1-1"), origin_test_entry("1-2")};
  entries[1].unknown_fields = {{"tags", R"(["a",{"b":1}])"}, {"weight", "2.5"}};
  const auto read = origin_queue_from_json(origin_queue_to_json(entries));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, entries);
}

TEST(OriginJsonTest, ReadsTheBareArrayOfOlderWriters) {
  const auto read = origin_queue_from_json(R"([{"id":"7","body":"x"}])");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().id, "7");
  EXPECT_EQ(read->front().priority, "normal");
}

TEST(OriginJsonTest, DamageIsCorruptAndNeverThrows) {
  const std::string whole = origin_queue_to_json({origin_test_entry("1-1"), origin_test_entry("1-2")});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto read = origin_queue_from_json(whole.substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, Code::corrupt);
  }
  for (const char* text :
       {"null", "1", "{}", R"({"entries":{}})", R"({"entries":[1]})", "[[]]", "\xff\xfe"}) {
    const auto read = origin_queue_from_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::corrupt) << text;
  }
}

TEST(OriginJsonTest, DigsWholeEntriesOutOfATornQueue) {
  const std::string whole = origin_queue_to_json({origin_test_entry("1-1"), origin_test_entry("1-2")});
  const auto torn = dig_out_entries(whole.substr(0, whole.size() - 10));
  ASSERT_EQ(torn.size(), 1U);
  EXPECT_EQ(torn[0], origin_test_entry("1-1"));
  EXPECT_EQ(dig_out_entries(whole + whole).size(), 4U);
  EXPECT_EQ(dig_out_entries(whole.substr(20)).size(), 1U);
  EXPECT_TRUE(dig_out_entries("").empty());
  EXPECT_TRUE(dig_out_entries("{{{{").empty());
}

RC_GTEST_PROP(OriginJsonTest, AnyBytesAreReadOrRefused, (const std::string& text)) {
  const auto read = origin_queue_from_json(text);
  RC_ASSERT(read || read.error().code == Code::corrupt);
  dig_out_entries(text);
}

}  // namespace
}  // namespace holdfast
