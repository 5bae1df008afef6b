#include "reports/statistics/quantiles.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace holdfast {
namespace {

TEST(QuantilesByRank, ByHand) {
  EXPECT_EQ(nearest_rank(100, 0.99), 99U);
  EXPECT_EQ(nearest_rank(10, 0.99), 10U);
  EXPECT_EQ(nearest_rank(10, 0.9), 9U);
  EXPECT_EQ(nearest_rank(100, 0.07), 7U) << "0.07 * 100 is a little above 7 in binary";
  EXPECT_EQ(nearest_rank(1, 0.5), 1U);
  EXPECT_EQ(nearest_rank(3, 0.5), 2U);
  EXPECT_EQ(nearest_rank(4, 0.5), 2U);
  // Wikipedia, "Percentile", the nearest-rank method: 15 20 35 40 50.
  const Quantiles quantiles = quantiles_of({50, 15, 35, 20, 40});
  EXPECT_EQ(quantiles.p50, 35);
  EXPECT_EQ(quantiles.p90, 50);
  EXPECT_EQ(quantiles.max, 50);
  // The same page's 3 6 7 8 8 10 13 15 16 20: quartiles 7, 8 and 15.
  const std::map<std::uint64_t, std::uint64_t> ten{{3, 1},  {6, 1},  {7, 1},  {8, 2}, {10, 1},
                                                   {13, 1}, {15, 1}, {16, 1}, {20, 1}};
  EXPECT_EQ(quantile_of(ten, 0.25), 7U);
  EXPECT_EQ(quantile_of(ten, 0.5), 8U);
  EXPECT_EQ(quantile_of(ten, 0.75), 15U);
  EXPECT_EQ(quantile_of(ten, 1), 20U);
}

TEST(QuantilesByRank, OfNothingAreZero) {
  const Quantiles quantiles = quantiles_of({});
  EXPECT_EQ(quantiles.p50, 0);
  EXPECT_EQ(quantiles.max, 0);
  EXPECT_EQ(quantile_of({}, 0.99), 0U);
  EXPECT_EQ(quantile_of({{3, 0}}, 0.99), 0U);
}

RC_GTEST_PROP(QuantilesByRank, AreObservedAndOrdered, ()) {
  const auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<double>>(rc::gen::inRange(0, 1000)));
  const Quantiles quantiles = quantiles_of(values);
  for (const double each : {quantiles.p50, quantiles.p90, quantiles.p99, quantiles.max}) {
    RC_ASSERT(std::count(values.begin(), values.end(), each) > 0);
  }
  RC_ASSERT(quantiles.p50 <= quantiles.p90 && quantiles.p90 <= quantiles.p99 &&
            quantiles.p99 <= quantiles.max);
  const auto at_most =
      std::count_if(values.begin(), values.end(), [&](double v) { return v <= quantiles.p90; });
  const auto below = std::count_if(values.begin(), values.end(), [&](double v) { return v < quantiles.p90; });
  const double wanted = 0.9 * static_cast<double>(values.size());
  RC_ASSERT(static_cast<double>(at_most) >= wanted - 1e-9);
  RC_ASSERT(static_cast<double>(below) < wanted);
}

RC_GTEST_PROP(QuantilesByRank, HistogramAgreesWithItsValues, ()) {
  const auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<double>>(rc::gen::inRange(0, 20)));
  std::map<std::uint64_t, std::uint64_t> histogram;
  for (const double value : values) ++histogram[static_cast<std::uint64_t>(value)];
  RC_ASSERT(static_cast<double>(quantile_of(histogram, 0.99)) == quantiles_of(values).p99);
  RC_ASSERT(static_cast<double>(quantile_of(histogram, 0.5)) == quantiles_of(values).p50);
}

}  // namespace
}  // namespace holdfast
