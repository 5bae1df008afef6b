#include "harness/conduct/watch/lock_watch.h"

#include <gtest/gtest.h>

#include <limits>

namespace holdfast {
namespace {

constexpr auto never = std::numeric_limits<std::int64_t>::max();

TEST(LockWatch, LooksBeforeTheDeadlineThenEverMoreRarely) {
  LockWatch watch(Duration(1000));
  EXPECT_EQ(watch.due_ns(), never);
  watch.heard(3, 10'000);
  EXPECT_EQ(watch.due_ns(), 10'750);
  watch.looked(10'750, 10'750);
  EXPECT_EQ(watch.due_ns(), 11'001);
  watch.looked(11'001, 11'001);
  EXPECT_GT(watch.due_ns(), 11'300);
}

TEST(LockWatch, AnAnswerOrAnEndEndsTheSilence) {
  LockWatch watch(Duration(1000));
  watch.heard(0, 10'000);
  watch.heard(1, 10'500);
  EXPECT_EQ(watch.due_ns(), 10'750);
  watch.heard(0, 10'600);
  EXPECT_EQ(watch.due_ns(), 11'250);
  watch.forget(1);
  EXPECT_EQ(watch.due_ns(), 11'350);
  watch.forget(0);
  EXPECT_EQ(watch.due_ns(), never);
}

TEST(LockWatch, LooksTakeATwentiethOfTheTimeAtMost) {
  LockWatch watch(Duration(1000));
  watch.heard(0, 0);
  watch.heard(1, 1);
  watch.looked(750, 850);
  EXPECT_EQ(watch.due_ns(), 850 + 19 * 100);
}

}  // namespace
}  // namespace holdfast
