#include "harness/conduct/machine/reference.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace holdfast {
namespace {

TEST(Reference, IsTimedAndLeavesNothing) {
  std::string name = std::filesystem::temp_directory_path() / "holdfast-reference-XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  for (const bool flushed : {false, true}) {
    const auto work = time_reference(name, flushed);
    ASSERT_TRUE(work) << work.error().message;
    EXPECT_GE(work->rounds, 1U);
    EXPECT_GT(work->round_ns, 0);
    EXPECT_TRUE(std::filesystem::is_empty(name));
  }
  std::filesystem::remove(name);
  EXPECT_FALSE(time_reference(name, false));
}

}  // namespace
}  // namespace holdfast
