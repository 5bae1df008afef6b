// A stored run judged from end to end: event files merged into one History, then every check. The files are
// made beforehand, in the system's temporary directory or HOLDFAST_BENCH_DIR. An operation is one broadcast:
// asked for, answered, and read by the sender's next neighbours.
//
// HOLDFAST_BENCH_OPERATIONS=10000000 judges that many, in 100 agents' files of 1.9 GB in all.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "harness/check/check.h"
#include "harness/check/testing_run_directory.h"

namespace holdfast {
namespace {

class StoredRun {
 public:
  StoredRun(std::uint32_t agents, std::uint32_t neighbours) {
    const char* operations = std::getenv("HOLDFAST_BENCH_OPERATIONS");
    const char* set = std::getenv("HOLDFAST_BENCH_DIR");
    directory_ = (set != nullptr ? std::filesystem::path(set) : std::filesystem::temp_directory_path()) /
                 "holdfast-XXXXXX";
    if (::mkdtemp(directory_.data()) == nullptr) std::abort();
    plan_.run_id = 1;
    plan_.scenario.agents.count = agents;
    plan_.scenario.agents.neighbours = neighbours;
    plan_.scenario.agents.broadcasts =
        static_cast<std::uint32_t>(operations != nullptr ? std::atoll(operations) : 200'000) / agents;
    write_correct_run(plan_, directory_);
  }
  StoredRun(const StoredRun&) = delete;
  StoredRun& operator=(const StoredRun&) = delete;
  ~StoredRun() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] std::filesystem::path directory() const { return directory_; }
  [[nodiscard]] std::int64_t operations() const {
    return std::int64_t{plan_.scenario.agents.count} * plan_.scenario.agents.broadcasts;
  }

 private:
  Plan plan_;
  std::string directory_;
};

double peak_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void merge_and_check(benchmark::State& state) {
  const StoredRun run(static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1)));
  for (auto unused : state) {
    static_cast<void>(unused);
    const auto history = merge(run.directory());
    if (!history || !history->doubts.empty()) std::abort();
    for (const Finding& finding : run_checks(run.plan(), *history)) {
      if (finding.count != 0 || finding.verdict == Verdict::unknown) std::abort();
    }
  }
  state.SetItemsProcessed(state.iterations() * run.operations());
  state.counters["peak_MiB"] = peak_mib();
}
BENCHMARK(merge_and_check)
    ->ArgNames({"agents", "neighbours"})
    ->Args({100, 1})
    ->Args({8, 1})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void merge_alone(benchmark::State& state) {
  const StoredRun run(100, 1);
  for (auto unused : state) {
    static_cast<void>(unused);
    if (!merge(run.directory())) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * run.operations());
}
BENCHMARK(merge_alone)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace holdfast
