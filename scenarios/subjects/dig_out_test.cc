#include "scenarios/subjects/dig_out.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/random.h"
#include "core/store/snapshot_json.h"

namespace holdfast {
namespace {

Entry buried_entry(const std::string& id) {
  Entry entry;
  entry.id = id;
  entry.body = "a \"quoted\" body with } and { and \\ in it";
  entry.unknown_fields = {{"tags", R"({"a":{"b":[1]}})"}};
  return entry;
}

std::string two_buried_entries() {
  return serialise_snapshot({}, {buried_entry("1-1"), buried_entry("1-2")}).value();
}

TEST(DigOutTest, FindsWholeEntriesInATornQueue) {
  const std::string whole = two_buried_entries();
  const auto torn = dig_out_entries(whole.substr(0, whole.size() - 10));
  ASSERT_EQ(torn.size(), 1U);
  EXPECT_EQ(torn[0], buried_entry("1-1"));
  EXPECT_EQ(dig_out_entries(whole).size(), 2U);
  EXPECT_EQ(dig_out_entries(whole + whole).size(), 4U);
  EXPECT_EQ(dig_out_entries(whole.substr(whole.find("1-1"))).size(), 1U);
}

TEST(DigOutTest, FindsNothingWhereNothingIs) {
  for (const char* text :
       {"", "{{{{", "}}}}", "{}", "[]", R"({"id":3})", R"({"id":""})", R"({"body":"x"})", "\"{"}) {
    EXPECT_TRUE(dig_out_entries(text).empty()) << text;
  }
}

TEST(DigOutTest, AnyDamageGivesAtMostWhatWasThere) {
  const std::string whole = two_buried_entries();
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text = whole;
    text[random.next() % text.size()] = static_cast<char>(random.next());
    EXPECT_LE(dig_out_entries(text).size(), 2U) << text;
  }
}

}  // namespace
}  // namespace holdfast
