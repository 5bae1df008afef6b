// How often each duration occurred, with bounded relative error and in bounded memory, however many there are: the
// log-linear buckets of HdrHistogram (G. Tene, hdrhistogram.org).
//
// Every octave [2^e, 2^(e+1)) ns is cut into 256 buckets of equal width. So a bucket is narrower than 1/256
// of what it holds, and below 512 ns it holds one value only. A value is found by its leading bits, without a
// search. Rejected: buckets of fixed width (no width suits 1 us and 1 min), and keeping and sorting the
// values (memory without bound; `statistics_bench` has what it costs).
#pragma once

#include <cstdint>
#include <vector>

namespace holdfast {

class DurationHistogram {
 public:
  // A quantile is reported as v for a true value t, with t <= v < t * (1 + relative_error). Never too low.
  static constexpr double relative_error = 1.0 / 256;

  // Up to 2^63 - 1 ns, 292 years; a negative duration counts as 0.
  void add(std::int64_t ns, std::uint64_t times = 1);
  // As if everything added to `other` had been added here.
  void merge(const DurationHistogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::int64_t min_ns() const { return min_ns_; }  // exact; 0 if empty
  [[nodiscard]] std::int64_t max_ns() const { return max_ns_; }  // exact; 0 if empty

  // The share `q` (0 < q <= 1) by nearest rank: the greatest value of the bucket that holds it, never more than the
  // exact maximum; 0 if empty.
  [[nodiscard]] std::int64_t quantile_ns(double q) const;

  // The non-empty buckets, by rising duration; `greatest_ns` is the greatest value of the bucket.
  struct Bucket {
    std::int64_t greatest_ns = 0;
    std::uint64_t count = 0;
    bool operator==(const Bucket&) const = default;
  };
  [[nodiscard]] std::vector<Bucket> buckets() const;

  bool operator==(const DurationHistogram&) const = default;

 private:
  std::vector<std::uint64_t> counts_;  // up to the bucket of the greatest value: at most 112 KiB
  std::uint64_t count_ = 0;
  std::int64_t min_ns_ = 0, max_ns_ = 0;
};

}  // namespace holdfast
