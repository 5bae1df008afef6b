// What recording costs the recorded, beside the floor (64 bytes copied into a mapped file) and
// beside the usual way (a line by snprintf, then write). All write to the system's temporary
// directory, or to HOLDFAST_BENCH_DIR.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "harness/history/codec.h"
#include "harness/history/event_reader.h"
#include "harness/history/recorder.h"

namespace holdfast {
namespace {

constexpr std::uint64_t records_a_file = 262'144;  // 16 MiB; then a new file, outside the measured time

class BenchDirectory {
 public:
  BenchDirectory() {
    const char* set = std::getenv("HOLDFAST_BENCH_DIR");
    path_ = (set != nullptr ? std::filesystem::path(set) : std::filesystem::temp_directory_path()) /
            "holdfast-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  BenchDirectory(const BenchDirectory&) = delete;
  BenchDirectory& operator=(const BenchDirectory&) = delete;
  ~BenchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path file() const { return std::filesystem::path(path_) / "agent-0.events"; }

 private:
  std::string path_;
};

Event acknowledged_event() {
  Event event;
  event.type = EventType::ok;
  event.function = Function::broadcast;
  event.process = 3;
  event.pid = 4711;
  event.value = {1, 0, 0, 0};
  return event;
}

// `clock_reads` a record: an operation reads the clock before and after, and records both.
void record_event(benchmark::State& state) {
  const BenchDirectory directory;
  const auto clock_reads = state.range(0);
  Event event = acknowledged_event();
  std::optional<Recorder> recorder;
  std::uint64_t in_file = records_a_file;
  for (auto unused : state) {
    static_cast<void>(unused);
    if (in_file == records_a_file) {
      state.PauseTiming();
      recorder.reset();
      std::filesystem::remove(directory.file());
      recorder = *Recorder::open(directory.file(), Role::agent, 0, 1);
      in_file = 0;
      state.ResumeTiming();
    }
    for (std::int64_t i = 0; i < clock_reads; ++i) event.time_ns = monotonic_ns();
    ++event.op;
    if (!recorder->record(event)) std::abort();
    ++in_file;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(record_event)->Arg(0)->Arg(2)->ArgName("clock_reads");

// The floor: the same 64 bytes into a file that is mapped and allocated already, with the same clock reads.
void copy_into_mapped_file(benchmark::State& state) {
  const BenchDirectory directory;
  const auto clock_reads = state.range(0);
  constexpr std::size_t bytes = records_a_file * record_bytes;
  std::array<std::int64_t, 8> record{};
  int fd = -1;
  char* base = nullptr;
  std::uint64_t in_file = records_a_file;
  const auto release = [&] {
    if (base != nullptr) ::munmap(base, bytes);
    if (fd >= 0) ::close(fd);
    std::filesystem::remove(directory.file());
  };
  for (auto unused : state) {
    static_cast<void>(unused);
    if (in_file == records_a_file) {
      state.PauseTiming();
      release();
      fd = ::open(directory.file().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      if (fd < 0 || ::posix_fallocate(fd, 0, bytes) != 0) std::abort();
      base = static_cast<char*>(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
      in_file = 0;
      state.ResumeTiming();
    }
    for (std::int64_t i = 0; i < clock_reads; ++i) record[2] = monotonic_ns();
    ++record[3];
    std::memcpy(base + in_file * record_bytes, record.data(), record_bytes);
    benchmark::ClobberMemory();
    ++in_file;
  }
  release();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(copy_into_mapped_file)->Arg(0)->Arg(2)->ArgName("clock_reads");

void print_and_write(benchmark::State& state) {
  const BenchDirectory directory;
  const int fd = ::open(directory.file().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0600);
  Event event = acknowledged_event();
  std::array<char, 256> line{};
  std::uint64_t lines = 0;
  for (auto unused : state) {
    static_cast<void>(unused);
    if (++lines % records_a_file == 0 && ::ftruncate(fd, 0) != 0) std::abort();
    event.time_ns = monotonic_ns();
    event.time_ns = monotonic_ns();
    ++event.op;
    const int length = std::snprintf(
        line.data(), line.size(),
        R"({"type":%d,"process":%u,"pid":%d,"time_ns":%lld,"op":%llu,"attempts":%llu})"
        "\n",
        static_cast<int>(event.type), event.process, event.pid, static_cast<long long>(event.time_ns),
        static_cast<unsigned long long>(event.op), static_cast<unsigned long long>(event.value[0]));
    if (::write(fd, line.data(), static_cast<std::size_t>(length)) != length) std::abort();
  }
  ::close(fd);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(print_and_write);

// A file of events, read back and checked.
void read_events(benchmark::State& state) {
  const BenchDirectory directory;
  {
    auto recorder = Recorder::open(directory.file(), Role::agent, 0, 1);
    Event event = acknowledged_event();
    for (std::uint64_t i = 0; i < records_a_file; ++i) {
      if (!recorder->record(event)) std::abort();
    }
    if (!recorder->close()) std::abort();
  }
  std::int64_t events = 0;
  for (auto unused : state) {
    static_cast<void>(unused);
    auto reader = EventReader::open(directory.file());
    while (reader->next() != nullptr) ++events;
    if (reader->damage()) std::abort();
  }
  state.SetItemsProcessed(events);
}
BENCHMARK(read_events)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast
