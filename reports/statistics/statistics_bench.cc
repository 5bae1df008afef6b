// What it costs to take the quantiles of a million latencies: through the histogram, and by sorting them.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "core/base/random.h"
#include "reports/statistics/histogram.h"
#include "reports/statistics/quantiles.h"

namespace holdfast {
namespace {

constexpr std::size_t latencies = 1'000'000;

// From 10 us to 10 s, each magnitude as likely as another.
const std::vector<std::int64_t>& million_latencies_ns() {
  static const std::vector<std::int64_t> values = [] {
    Random random(1);
    std::vector<std::int64_t> made(latencies);
    for (auto& ns : made) ns = static_cast<std::int64_t>(std::pow(10.0, 4 + 6 * random.uniform()));
    return made;
  }();
  return values;
}

void quantiles_by_histogram(benchmark::State& state) {
  const auto& values = million_latencies_ns();
  for (auto unused : state) {
    static_cast<void>(unused);
    DurationHistogram histogram;
    for (const std::int64_t ns : values) histogram.add(ns);
    for (const double q : {0.5, 0.9, 0.99, 1.0}) benchmark::DoNotOptimize(histogram.quantile_ns(q));
    if (histogram.count() != latencies) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(latencies));
}
BENCHMARK(quantiles_by_histogram)->Unit(benchmark::kMillisecond);

void quantiles_by_sorting(benchmark::State& state) {
  const auto& values = million_latencies_ns();
  for (auto unused : state) {
    static_cast<void>(unused);
    const Quantiles quantiles = quantiles_of({values.begin(), values.end()});
    if (!(quantiles.p50 < quantiles.max)) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(latencies));
}
BENCHMARK(quantiles_by_sorting)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast
