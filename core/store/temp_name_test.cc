#include "core/store/temp_name.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(TempName, is_beside_the_target_hidden_unique_and_recognised) {
  const auto one = new_temp_path("/d/queue.json");
  const auto two = new_temp_path("/d/queue.json");
  EXPECT_NE(one, two);
  EXPECT_EQ(one.parent_path(), "/d");
  EXPECT_TRUE(is_temp_name(one.filename().string(), "queue.json"));
  EXPECT_FALSE(is_temp_name(one.filename().string(), "other.json"));
  EXPECT_TRUE(new_temp_path("queue.json").parent_path().empty());
}

TEST(TempName, nothing_else_is_one) {
  EXPECT_TRUE(is_temp_name(".queue.json.1-0123456789abcdef.tmp", "queue.json"));
  for (const std::string name : {"",
                                 "queue.json",
                                 "queue.json.tmp",
                                 "queue.json.lock",
                                 ".queue.json",
                                 ".queue.json.",
                                 ".queue.json..tmp",
                                 "queue.json.1-0123456789abcdef.tmp",
                                 ".queue.json.1-0123456789abcdef",
                                 ".queue.json.1-0123456789abcde.tmp",
                                 ".queue.json.1-0123456789abcdef0.tmp",
                                 ".queue.json.-0123456789abcdef.tmp",
                                 ".queue.json.1-0123456789abcdeg.tmp",
                                 ".queue.json.1-0123456789ABCDEF.tmp",
                                 ".queue.json.1a-0123456789abcdef.tmp",
                                 ".queue.json.12345678901-0123456789abcdef.tmp",
                                 ".queue.json.1-0123456789abcdef.tmp~",
                                 ".queue_json.1-0123456789abcdef.tmp",
                                 ".tmp",
                                 ".queue.json.1-0123456789abcdef.tmp.tmp"}) {
    EXPECT_FALSE(is_temp_name(name, "queue.json")) << name;
  }
}

}  // namespace
}  // namespace holdfast
