// What the lock costs alone, and what it costs to hand it over: processes that take it, do nothing
// and let go.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/os/sidecar_lock.h"

namespace holdfast {
namespace {

std::string bench_lock_path() {
  std::string name = "/dev/shm/holdfast-lock-XXXXXX";
  const int file = ::mkstemp(name.data());
  HOLDFAST_CHECK(file >= 0);
  ::close(file);
  return name;
}

const std::function<bool(std::chrono::nanoseconds)> plain_sleep = [](std::chrono::nanoseconds pause) {
  std::this_thread::sleep_for(pause);
  return true;
};
const std::function<std::int64_t()> plain_clock = monotonic_ns;

void lock_alone(benchmark::State& state) {
  const std::string path = bench_lock_path();
  const LockWait wait{std::chrono::seconds(30), plain_sleep, plain_clock};
  for (auto _ : state) HOLDFAST_CHECK(SidecarLock::acquire(path, wait));
  ::unlink(path.c_str());
}
BENCHMARK(lock_alone);

void baseline_flock_alone(benchmark::State& state) {
  const std::string path = bench_lock_path();
  for (auto _ : state) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    HOLDFAST_CHECK(::flock(file, LOCK_EX) == 0);
    ::close(file);
  }
  ::unlink(path.c_str());
}
BENCHMARK(baseline_flock_alone);

void hold_for(std::chrono::nanoseconds busy) {
  const std::int64_t until_ns = monotonic_ns() + busy.count();
  while (monotonic_ns() < until_ns) continue;
}

// Every process takes and lets go for a fixed time and counts. `share` is the fewest of any process
// over the mean.
template <typename Acquire>
void hand_over(benchmark::State& state, const Acquire& acquire) {
  const auto processes = static_cast<std::size_t>(state.range(0));
  const std::chrono::microseconds busy(state.range(1));
  constexpr std::int64_t duration_ns = 1'000'000'000;
  void* memory = ::mmap(nullptr, sizeof(std::uint64_t) * (processes + 1), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  HOLDFAST_CHECK(memory != MAP_FAILED);
  auto* counts = static_cast<std::uint64_t*>(memory);
  const std::string path = bench_lock_path();
  std::uint64_t all = 0;
  double share = 1;
  for (auto _ : state) {
    std::fill(counts, counts + processes, 0);
    const std::int64_t begin_ns = monotonic_ns() + 50'000'000;
    std::vector<pid_t> children;
    for (std::size_t number = 0; number < processes; ++number) {
      const pid_t child = ::fork();
      HOLDFAST_CHECK(child >= 0);
      if (child == 0) {
        while (monotonic_ns() < begin_ns) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        while (monotonic_ns() < begin_ns + duration_ns) {
          acquire(path, [&] { hold_for(busy); });
          ++counts[number];
        }
        ::_exit(0);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) ::waitpid(child, nullptr, 0);
    std::uint64_t sum = 0;
    for (std::size_t number = 0; number < processes; ++number) sum += counts[number];
    all += sum;
    share = std::min(share, static_cast<double>(*std::min_element(counts, counts + processes)) *
                                static_cast<double>(processes) / static_cast<double>(sum));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(all));
  state.counters["share"] = share;
  ::munmap(memory, sizeof(std::uint64_t) * (processes + 1));
  ::unlink(path.c_str());
}

void lock_handed_over(benchmark::State& state) {
  const LockWait wait{std::chrono::seconds(30), plain_sleep, plain_clock};
  hand_over(state, [&](const std::string& path, const auto& work) {
    auto held = SidecarLock::acquire(path, wait);
    HOLDFAST_CHECK(held);
    work();
  });
}
BENCHMARK(lock_handed_over)
    ->ArgsProduct({{1, 2, 8, 64, 256}, {0, 500}})
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void baseline_flock_handed_over(benchmark::State& state) {
  hand_over(state, [](const std::string& path, const auto& work) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    HOLDFAST_CHECK(::flock(file, LOCK_EX) == 0);
    work();
    ::close(file);
  });
}
BENCHMARK(baseline_flock_handed_over)
    ->ArgsProduct({{1, 2, 8, 64, 256}, {0, 500}})
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast
