#include "reports/statistics/histogram.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"
#include "reports/statistics/quantiles.h"

namespace holdfast {
namespace {

constexpr unsigned octave_bits = 8;  // 2^8 buckets an octave
constexpr std::uint64_t octave_buckets = std::uint64_t{1} << octave_bits;

// Values below 2 * octave_buckets are their own index; from there on each octave continues where the one
// before it ended.
std::size_t bucket_index(std::uint64_t ns) {
  if (ns < 2 * octave_buckets) return static_cast<std::size_t>(ns);
  const unsigned shift = static_cast<unsigned>(std::bit_width(ns)) - 1 - octave_bits;
  return static_cast<std::size_t>(shift * octave_buckets + (ns >> shift));
}

std::int64_t bucket_greatest_ns(std::size_t index) {
  if (index < 2 * octave_buckets) return static_cast<std::int64_t>(index);
  const std::uint64_t shift = index / octave_buckets - 1;
  const std::uint64_t leading = index - shift * octave_buckets;
  return static_cast<std::int64_t>(((leading + 1) << shift) - 1);
}

}  // namespace

void DurationHistogram::add(std::int64_t ns, std::uint64_t times) {
  if (times == 0) return;
  ns = std::max<std::int64_t>(ns, 0);
  const std::size_t index = bucket_index(static_cast<std::uint64_t>(ns));
  if (index >= counts_.size()) counts_.resize(index + 1);
  counts_[index] += times;
  min_ns_ = count_ == 0 ? ns : std::min(min_ns_, ns);
  max_ns_ = std::max(max_ns_, ns);
  count_ += times;
}

void DurationHistogram::merge(const DurationHistogram& other) {
  if (other.count_ == 0) return;
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t index = 0; index < other.counts_.size(); ++index) counts_[index] += other.counts_[index];
  min_ns_ = count_ == 0 ? other.min_ns_ : std::min(min_ns_, other.min_ns_);
  max_ns_ = std::max(max_ns_, other.max_ns_);
  count_ += other.count_;
}

std::int64_t DurationHistogram::quantile_ns(double q) const {
  HOLDFAST_CHECK(q > 0 && q <= 1);
  if (count_ == 0) return 0;
  std::uint64_t left = nearest_rank(count_, q);
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    if (counts_[index] >= left) return std::min(bucket_greatest_ns(index), max_ns_);
    left -= counts_[index];
  }
  return max_ns_;
}

std::vector<DurationHistogram::Bucket> DurationHistogram::buckets() const {
  std::vector<Bucket> filled;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    if (counts_[index] > 0) filled.push_back({bucket_greatest_ns(index), counts_[index]});
  }
  return filled;
}

}  // namespace holdfast
