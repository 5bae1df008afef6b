#include "harness/check/fairness.h"

#include <gtest/gtest.h>

#include "harness/check/testing_history.h"

namespace holdfast {
namespace {

TEST(Fairness, IsMeasuredWhileAllWereAsking) {
  TestRun run(2, 4);
  for (std::uint32_t number = 0; number < 3; ++number)
    run.broadcast({0, number}, 10 * number, 10 * number + 10);  // done at 30 ms
  run.broadcast({1, 0}, 0, 25).broadcast({1, 1}, 25, 50, Outcome::fail).broadcast({1, 2}, 50, 90);
  const auto fairness = fairness_of(run.history, 2);
  EXPECT_DOUBLE_EQ(fairness[0].share, 1.5);  // three of four
  EXPECT_DOUBLE_EQ(fairness[1].share, 0.5);
  EXPECT_EQ(fairness[0].longest_gap_ns, 10 * TestRun::ms);
  EXPECT_EQ(fairness[1].longest_gap_ns, 65 * TestRun::ms);
}

TEST(Fairness, OfOneThatNeverSucceedsIsNoShareAndAGapOfAllItsTime) {
  TestRun run(2, 1);
  run.broadcast({0, 0}, 0, 40).broadcast({1, 0}, 0, 70, Outcome::fail);
  const auto fairness = fairness_of(run.history, 2);
  EXPECT_DOUBLE_EQ(fairness[0].share, 2);
  EXPECT_DOUBLE_EQ(fairness[1].share, 0);
  EXPECT_EQ(fairness[1].longest_gap_ns, 70 * TestRun::ms);
  EXPECT_DOUBLE_EQ(fairness_of(TestRun(2, 1).history, 2)[1].share, 0);
}

}  // namespace
}  // namespace holdfast
