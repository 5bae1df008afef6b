// What deciding costs, beside what is decided upon: a wait, and an operation that succeeds at once.
#include <benchmark/benchmark.h>

#include "core/retry/retry.h"

namespace holdfast {
namespace {

void one_backoff(benchmark::State& state, Jitter jitter) {
  RetryPolicy policy;
  policy.jitter = jitter;
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(backoff(policy, static_cast<int>(state.range(0)), ++seed));
}
BENCHMARK_CAPTURE(one_backoff, none, Jitter::none)->Arg(1)->Arg(8)->Arg(1000);
BENCHMARK_CAPTURE(one_backoff, full, Jitter::full)->Arg(1)->Arg(8)->Arg(1000);
BENCHMARK_CAPTURE(one_backoff, decorrelated, Jitter::decorrelated)->Arg(1)->Arg(8)->Arg(1000);

void success_at_once(benchmark::State& state) {
  const RetryPolicy policy;
  const RetryHooks hooks;
  RetryCounters counters;
  const std::function<Result<>()> attempt = []() -> Result<> { return {}; };
  for (auto _ : state) benchmark::DoNotOptimize(retry(policy, 1, hooks, counters, attempt));
}
BENCHMARK(success_at_once);

}  // namespace
}  // namespace holdfast
