// What the domain costs: the same calls by a process under the filter and by one that is not, in one program.
//
// Arguments: see Watch. Compare the rows of a benchmark; the difference is the supervisor's. HOLDFAST_BENCH_DIR
// chooses another directory for the "disk" rows than the temporary one.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/base/clock.h"
#include "harness/history/recorder.h"
#include "harness/linux/launcher_messages.h"
#include "harness/supervisor/supervisor.h"
#include "harness/supervisor/trap/filter.h"

namespace holdfast {
namespace {

enum Watch : std::int64_t {
  outside,        // of any domain
  names_decided,  // inside: calls that change a name are trapped
  all_trapped,    // where agents are killed, the other calls of a store are, too
  opens_decided,  // where somebody denies reading or writing, opens are, too
  opens_marked,   // and whoever opens denies writing: each handle's mode is kept
};

enum class Work : int {
  rename,
  rename_elsewhere,
  read_write_close,
  open_close,
  open_close_elsewhere,
  read_beside_a_reader,
  quit
};

struct Batch {
  Work work = Work::quit;
  int count = 0;
};

constexpr int batch_size = 50;

void make_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  const std::string page(4096, 'x');
  if (::write(fd, page.data(), page.size()) < 0) std::abort();
  ::close(fd);
}

bool renames(Work work) {
  return work == Work::rename || work == Work::rename_elsewhere;
}

std::int64_t work_ns(const Batch& batch, const std::string& directory) {
  const std::string a = directory + "/a", b = directory + "/b";
  std::int64_t spent_ns = 0;
  const bool beside = batch.work == Work::read_beside_a_reader;
  const Descriptor kept(beside ? ::open(b.c_str(), O_RDONLY | O_CLOEXEC) : -1);
  for (int i = 0; i < batch.count; ++i) {
    if (renames(batch.work)) make_file(a);
    const std::int64_t begin_ns = monotonic_ns();
    if (renames(batch.work)) {
      if (::rename(a.c_str(), b.c_str()) != 0) std::abort();
    } else {
      const Descriptor file(::open(b.c_str(), (beside ? O_RDONLY : O_RDWR) | O_CLOEXEC));
      char page[4096];
      if (!file || (batch.work == Work::read_write_close && (::read(file.get(), page, sizeof page) < 0 ||
                                                             ::pwrite(file.get(), page, sizeof page, 0) < 0)))
        std::abort();
    }
    spent_ns += monotonic_ns() - begin_ns;
  }
  return spent_ns;
}

[[noreturn]] void serve(int socket, std::int64_t watch, const std::string& directory) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  LauncherMessage hello{.kind = LauncherMessageKind::ready};
  if (watch != outside) {
    const Trap trap = watch == names_decided ? Trap::decided_calls
                      : watch == all_trapped ? Trap::store_calls
                                             : Trap::opens;
    auto listener = install_filter(trap);
    if (!listener) std::abort();
    hello.descriptor = Descriptor(*listener);
  }
  static_cast<void>(send_message(socket, hello));
  hello.descriptor.reset();
  std::filesystem::create_directories(directory + "/elsewhere");
  make_file(directory + "/b");
  make_file(directory + "/elsewhere/b");
  Batch batch;
  while (::recv(socket, &batch, sizeof batch, 0) == sizeof batch && batch.work != Work::quit) {
    const bool elsewhere = batch.work == Work::rename_elsewhere || batch.work == Work::open_close_elsewhere;
    const std::int64_t spent_ns =
        work_ns(batch, elsewhere ? directory + "/elsewhere" : directory + "/domain");
    ::send(socket, &spent_ns, sizeof spent_ns, 0);
  }
  ::_exit(0);
}

void measure(benchmark::State& state, Work work, const std::string& base) {
  std::string directory = base + "/holdfast-bench-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) return state.SkipWithError("cannot make a directory");
  directory = std::filesystem::canonical(directory);
  std::filesystem::create_directory(directory + "/domain");
  make_file(directory + "/domain/b");
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return state.SkipWithError("socketpair");
  const bool trapped = state.range(0) != outside;
  const pid_t worker = ::fork();
  if (worker == 0) {
    ::close(ends[0]);
    serve(ends[1], state.range(0), directory);
  }
  ::close(ends[1]);
  const Descriptor socket(ends[0]);
  Participants participants;
  std::unique_ptr<Supervisor> supervisor;
  auto hello = receive_message(socket.get());
  if (trapped && hello && *hello) {
    auto recorder = Recorder::open(directory + "/events", Role::supervisor, 0, 1);
    Domain domain{{directory + "/domain"}, Domain::Mode::enforce, *find_profile("python")};
    domain.opens = state.range(0) >= opens_decided;
    if (state.range(0) == opens_marked) domain.profile = *find_profile("share:r--");
    auto started = Supervisor::start(std::move((*hello)->descriptor), domain,
                                     std::make_unique<EventLog>(std::move(*recorder)), participants);
    if (!started) return state.SkipWithError("the supervisor did not start");
    supervisor = std::move(*started);
  }
  for (auto _ : state) {
    const Batch batch{work, batch_size};
    ::send(socket.get(), &batch, sizeof batch, MSG_NOSIGNAL);
    std::int64_t spent_ns = 0;
    if (::recv(socket.get(), &spent_ns, sizeof spent_ns, 0) != sizeof spent_ns)
      return state.SkipWithError("worker died");
    state.SetIterationTime(static_cast<double>(spent_ns) * 1e-9 / batch_size);
  }
  const Batch quit;
  ::send(socket.get(), &quit, sizeof quit, MSG_NOSIGNAL);
  int status = 0;
  ::waitpid(worker, &status, 0);
  if (supervisor) static_cast<void>(supervisor->stop());
  std::filesystem::remove_all(directory);
}

std::string disk() {
  const char* chosen = std::getenv("HOLDFAST_BENCH_DIR");
  return chosen != nullptr ? chosen : std::filesystem::temp_directory_path().string();
}

void rename_on_tmpfs(benchmark::State& state) {
  measure(state, Work::rename, "/dev/shm");
}
void rename_on_disk(benchmark::State& state) {
  measure(state, Work::rename, disk());
}
void rename_outside_the_domain(benchmark::State& state) {
  measure(state, Work::rename_elsewhere, "/dev/shm");
}
void open_read_write_close(benchmark::State& state) {
  measure(state, Work::read_write_close, "/dev/shm");
}

void open_close(benchmark::State& state) {
  measure(state, Work::open_close, "/dev/shm");
}
void open_close_outside_the_domain(benchmark::State& state) {
  measure(state, Work::open_close_elsewhere, "/dev/shm");
}

void read_beside_a_reader(benchmark::State& state) {
  measure(state, Work::read_beside_a_reader, "/dev/shm");
}

void settings(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime()->Iterations(40)->Unit(benchmark::kMicrosecond);
}
BENCHMARK(rename_on_tmpfs)->Arg(outside)->Arg(names_decided)->Arg(all_trapped)->Apply(settings);
BENCHMARK(rename_on_disk)->Arg(outside)->Arg(names_decided)->Apply(settings);
BENCHMARK(rename_outside_the_domain)->Arg(outside)->Arg(names_decided)->Apply(settings);
BENCHMARK(open_read_write_close)
    ->Arg(outside)
    ->Arg(names_decided)
    ->Arg(all_trapped)
    ->Arg(opens_decided)
    ->Apply(settings);
BENCHMARK(open_close)
    ->Arg(outside)
    ->Arg(names_decided)
    ->Arg(opens_decided)
    ->Arg(opens_marked)
    ->Apply(settings);
BENCHMARK(read_beside_a_reader)->Arg(outside)->Arg(opens_decided)->Arg(opens_marked)->Apply(settings);
BENCHMARK(open_close_outside_the_domain)->Arg(outside)->Arg(opens_decided)->Apply(settings);

}  // namespace
}  // namespace holdfast
