#include "reports/statistics/histogram.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>

#include "reports/statistics/quantiles.h"

namespace holdfast {
namespace {

constexpr std::int64_t greatest_duration = std::numeric_limits<std::int64_t>::max();

TEST(Histogram, ByHand) {
  DurationHistogram histogram;
  for (const std::int64_t ns : {511, 512, 513, 514}) histogram.add(ns);
  histogram.add(7'000'000, 2);
  // Below 512 ns a bucket for each; then of 2 ns, up to 1,024; 7 ms lies in an octave of 16,384 ns a bucket.
  const std::vector<DurationHistogram::Bucket> wanted{{511, 1}, {513, 2}, {515, 1}, {7'012'351, 2}};
  EXPECT_EQ(histogram.buckets(), wanted);
  EXPECT_EQ(histogram.count(), 6U);
  EXPECT_EQ(histogram.min_ns(), 511);
  EXPECT_EQ(histogram.max_ns(), 7'000'000);
  EXPECT_EQ(histogram.quantile_ns(0.5), 513);
  EXPECT_EQ(histogram.quantile_ns(1), 7'000'000) << "the maximum is exact";
}

TEST(Histogram, OfNothingAndAtTheEnds) {
  DurationHistogram histogram;
  EXPECT_EQ(histogram.quantile_ns(0.5), 0);
  EXPECT_TRUE(histogram.buckets().empty());
  histogram.add(5, 0);
  EXPECT_EQ(histogram, DurationHistogram()) << "what did not occur leaves no trace";
  histogram.add(-3);
  EXPECT_EQ(histogram.max_ns(), 0) << "clocks cannot run backwards, so this is no time at all";
  histogram.add(greatest_duration);
  EXPECT_EQ(histogram.quantile_ns(1), greatest_duration);
  EXPECT_EQ(histogram.buckets().back().greatest_ns, greatest_duration);
  EXPECT_EQ(histogram.count(), 2U);
}

TEST(Histogram, BucketsMeetWithoutGapOrOverlap) {
  // Around every power of two, where the width changes: a bucket's greatest value is its own, the next
  // one is not.
  for (int bit = 1; bit < 63; ++bit) {
    const std::int64_t power = std::int64_t{1} << bit;
    for (const std::int64_t value : {power - 2, power - 1, power, power + 1, power + power / 2 + 1}) {
      DurationHistogram histogram;
      histogram.add(value);
      const std::int64_t greatest = histogram.buckets().at(0).greatest_ns;
      ASSERT_GE(greatest, value);
      ASSERT_LE(greatest - value, value / 256);
      histogram.add(greatest);
      ASSERT_EQ(histogram.buckets().size(), 1U) << value;
      if (greatest == greatest_duration) continue;
      histogram.add(greatest + 1);
      ASSERT_EQ(histogram.buckets().size(), 2U) << value;
    }
  }
}

// From 1 ns to hours, each magnitude as likely as another.
std::vector<std::int64_t> some_durations() {
  return *rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::apply([](int bits, std::int64_t value) { return (value & greatest_duration) >> bits; },
                     rc::gen::inRange(17, 62), rc::gen::arbitrary<std::int64_t>()));
}

DurationHistogram histogram_of(const std::vector<std::int64_t>& durations) {
  DurationHistogram histogram;
  for (const std::int64_t ns : durations) histogram.add(ns);
  return histogram;
}

RC_GTEST_PROP(Histogram, QuantilesAreWithinTheBoundOfTheExactOnes, ()) {
  auto durations = some_durations();
  RC_PRE(!durations.empty());
  const DurationHistogram histogram = histogram_of(durations);
  std::sort(durations.begin(), durations.end());
  RC_ASSERT(histogram.count() == durations.size());
  RC_ASSERT(histogram.min_ns() == durations.front());
  RC_ASSERT(histogram.max_ns() == durations.back());
  for (const double q : {1e-9, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const std::int64_t exact = durations[nearest_rank(durations.size(), q) - 1];
    const std::int64_t given = histogram.quantile_ns(q);
    RC_ASSERT(given >= exact);
    RC_ASSERT(given == exact || static_cast<double>(given - exact) <
                                    static_cast<double>(exact) * DurationHistogram::relative_error);
  }
  std::uint64_t sum = 0;
  for (const auto& bucket : histogram.buckets()) sum += bucket.count;
  RC_ASSERT(sum == durations.size());
}

RC_GTEST_PROP(Histogram, MergingIsTheUnion, ()) {
  const auto first = some_durations(), second = some_durations();
  auto both = first;
  both.insert(both.end(), second.begin(), second.end());
  DurationHistogram merged = histogram_of(first);
  merged.merge(histogram_of(second));
  RC_ASSERT(merged == histogram_of(both));
}

RC_GTEST_PROP(Histogram, OrderDoesNotMatter, ()) {
  auto durations = some_durations();
  const DurationHistogram histogram = histogram_of(durations);
  std::reverse(durations.begin(), durations.end());
  RC_ASSERT(histogram == histogram_of(durations));
}

}  // namespace
}  // namespace holdfast
