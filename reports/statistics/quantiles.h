// Quantiles by nearest rank: always an observed value, never one in between.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace holdfast {

struct Quantiles {
  double p50 = 0, p90 = 0, p99 = 0, max = 0;
};

// The rank, from 1, of the share `q` (0 < q <= 1) among `count` > 0 ordered values: the least r with r >= q *
// count. So the p99 of 100 values is the 99th, of 10 values the greatest.
std::uint64_t nearest_rank(std::uint64_t count, double q);

// For the values, in any order; all zero if there are none.
Quantiles quantiles_of(std::vector<double> values);

// The share `q` of a histogram value -> how often; 0 if it is empty.
std::uint64_t quantile_of(const std::map<std::uint64_t, std::uint64_t>& histogram, double q);

}  // namespace holdfast
