// What a save of a queue of 1,000 entries costs, beside the same lock, write and rename without any JSON; and
// what each part of it costs. On tmpfs unless HOLDFAST_BENCH_DIR says where, since a disk's flush would drown
// the rest.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "core/base/check.h"
#include "core/os/sidecar_lock.h"
#include "core/store/atomic_replace.h"
#include "core/store/snapshot_json.h"
#include "core/store/snapshot_store.h"

namespace holdfast {
namespace {

class BenchDirectory {
 public:
  BenchDirectory() {
    const char* chosen = std::getenv("HOLDFAST_BENCH_DIR");
    std::string name = std::string(chosen == nullptr ? "/dev/shm" : chosen) + "/holdfast-bench-XXXXXX";
    HOLDFAST_CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  BenchDirectory(const BenchDirectory&) = delete;
  BenchDirectory& operator=(const BenchDirectory&) = delete;
  ~BenchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::vector<Entry> entries_of(std::int64_t count) {
  std::vector<Entry> entries;
  for (std::int64_t number = 0; number < count; ++number) {
    entries.push_back({.id = std::to_string(number),
                       .sender = "3",
                       .recipient = std::to_string(number % 8),
                       .body = std::string(120, 'x'),
                       .created_at = "2025-01-31T09:00:00.123456Z"});
  }
  return entries;
}

StoreOptions bench_options(Durability durability) {
  StoreOptions options;
  options.durability = durability;
  return options;
}

void save(benchmark::State& state, Durability durability) {
  const BenchDirectory directory;
  const auto entries = entries_of(state.range(0));
  SnapshotStore store(directory.path(), bench_options(durability));
  for (auto _ : state) HOLDFAST_CHECK(store.save_entries(entries));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(save, process, Durability::process)->Arg(0)->Arg(1'000)->Arg(10'000);
BENCHMARK_CAPTURE(save, power, Durability::power)->Arg(1'000);

// The floor: the bytes are there, and only the system works.
void baseline_flock_write_rename(benchmark::State& state) {
  const BenchDirectory directory;
  const std::string text = serialise_snapshot({}, entries_of(state.range(0))).value();
  const std::string target = directory.path() / "queue.json";
  const std::string temp = directory.path() / "queue.json.tmp";
  const std::string lock_path = directory.path() / "lock";
  for (auto _ : state) {
    const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    HOLDFAST_CHECK(::flock(lock, LOCK_EX) == 0);
    const int file = ::open(temp.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    HOLDFAST_CHECK(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(file);
    HOLDFAST_CHECK(::rename(temp.c_str(), target.c_str()) == 0);
    ::close(lock);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(baseline_flock_write_rename)->Arg(0)->Arg(1'000)->Arg(10'000);

void replace_only(benchmark::State& state) {
  const BenchDirectory directory;
  const std::string text = serialise_snapshot({}, entries_of(state.range(0))).value();
  for (auto _ : state) {
    Replacement replacement(directory.path() / "queue.json", Durability::process);
    HOLDFAST_CHECK(replacement.write(text, std::nullopt) && replacement.commit());
  }
}
BENCHMARK(replace_only)->Arg(0)->Arg(1'000);

// One message more at the end of a queue that is kept at its length.
void broadcast(benchmark::State& state) {
  const BenchDirectory directory;
  const auto entries = entries_of(state.range(0));
  SnapshotStore store(directory.path(), bench_options(Durability::process));
  std::int64_t added = 0;
  for (auto _ : state) {
    if (added++ % 100 == 0) {
      state.PauseTiming();
      HOLDFAST_CHECK(store.save_entries(entries));
      state.ResumeTiming();
    }
    HOLDFAST_CHECK(store.broadcast(entries_of(1)[0], {"1"}));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(broadcast)->Arg(0)->Arg(1'000)->Arg(10'000);

void update(benchmark::State& state) {
  const BenchDirectory directory;
  SnapshotStore store(directory.path(), bench_options(Durability::process));
  HOLDFAST_CHECK(store.save_entries(entries_of(state.range(0))));
  for (auto _ : state) HOLDFAST_CHECK(store.update([](std::vector<Entry>&) {}));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(update)->Arg(1'000);

void load(benchmark::State& state) {
  const BenchDirectory directory;
  SnapshotStore store(directory.path(), bench_options(Durability::process));
  HOLDFAST_CHECK(store.save_entries(entries_of(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(store.load_entries());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(load)->Arg(1'000);

void parse(benchmark::State& state) {
  const std::string text = serialise_snapshot({}, entries_of(state.range(0))).value();
  for (auto _ : state) benchmark::DoNotOptimize(parse_snapshot(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse)->Arg(1'000);

void outline(benchmark::State& state) {
  const std::string text = serialise_snapshot({}, entries_of(state.range(0))).value();
  for (auto _ : state) benchmark::DoNotOptimize(outline_snapshot(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(outline)->Arg(1'000);

void serialise(benchmark::State& state) {
  const auto entries = entries_of(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = serialise_snapshot({}, entries).value().size();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(serialise)->Arg(1'000);

// Processes that broadcast as fast as they can into an empty queue: acknowledged messages a second of all.
void crowd(benchmark::State& state) {
  constexpr int broadcasts = 50;
  const auto processes = state.range(0);
  for (auto _ : state) {
    const BenchDirectory directory;
    std::vector<pid_t> children;
    for (std::int64_t number = 0; number < processes; ++number) {
      const pid_t child = ::fork();
      HOLDFAST_CHECK(child >= 0);
      if (child == 0) {
        SnapshotStore store(directory.path(), bench_options(Durability::process));
        for (int sent = 0; sent < broadcasts; ++sent) {
          if (!store.broadcast(entries_of(1)[0], {"1"})) ::_exit(1);
        }
        ::_exit(0);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) {
      int status = 0;
      HOLDFAST_CHECK(::waitpid(child, &status, 0) == child && status == 0);
    }
  }
  state.SetItemsProcessed(state.iterations() * processes * broadcasts);
}
BENCHMARK(crowd)->Arg(1)->Arg(2)->Arg(8)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast
