#include "harness/history/exactness.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Exactness, OneInAThousandIsNoDoubtMoreIsOne) {
  EXPECT_FALSE(is_doubtful({0, 0}));
  EXPECT_FALSE(is_doubtful({1000, 1}));
  EXPECT_TRUE(is_doubtful({999, 1}));
  EXPECT_FALSE(is_doubtful({1'000'000, 1000}));
  EXPECT_TRUE(is_doubtful({1'000'000, 1001}));
}

TEST(Exactness, IsToldWithItsFigures) {
  EXPECT_EQ(missed_refusals_text({410, 2}),
            "2 of 410 renames and removals should have been refused but were not: a process whose opens are "
            "not checked opened the file during the call");
}

}  // namespace
}  // namespace holdfast
