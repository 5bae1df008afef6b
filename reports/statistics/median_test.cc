#include "reports/statistics/median.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Median, IsTheMiddleOrBetweenTheTwo) {
  EXPECT_EQ(median({7}), 7);
  EXPECT_EQ(median({3, 1}), 2);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({10, 1, 4, 2}), 3);
  EXPECT_EQ(median({2, 2, 2, 9}), 2);
}

}  // namespace
}  // namespace holdfast
