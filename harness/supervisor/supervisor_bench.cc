// What the domain costs: the same calls by a process under the filter and by one that is not, in one program.
//
// Arguments: 0 = outside of any domain, 1 = inside, 2 = inside of one that kills, where store calls are trapped
// too. Compare the rows of a benchmark; the difference is the supervisor's. HOLDFAST_BENCH_DIR chooses another directory for the "disk" rows than the temporary one.
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
#include "harness/supervisor/filter.h"
#include "harness/supervisor/launcher_messages.h"
#include "harness/supervisor/supervisor.h"

namespace holdfast {
namespace {

enum class Work : int { rename, rename_elsewhere, read_write_close, quit };

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

std::int64_t work_ns(const Batch& batch, const std::string& directory) {
  const std::string a = directory + "/a", b = directory + "/b";
  std::int64_t spent_ns = 0;
  for (int i = 0; i < batch.count; ++i) {
    if (batch.work != Work::read_write_close) make_file(a);
    const std::int64_t begin_ns = monotonic_ns();
    if (batch.work == Work::read_write_close) {
      char page[4096];
      const int fd = ::open(b.c_str(), O_RDWR | O_CLOEXEC);
      if (::read(fd, page, sizeof page) < 0 || ::pwrite(fd, page, sizeof page, 0) < 0) std::abort();
      ::close(fd);
    } else if (::rename(a.c_str(), b.c_str()) != 0) {
      std::abort();
    }
    spent_ns += monotonic_ns() - begin_ns;
  }
  return spent_ns;
}

[[noreturn]] void serve(int socket, std::int64_t domain, const std::string& directory) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  LauncherMessage hello{.kind = LauncherMessageKind::ready};
  if (domain != 0) {
    auto listener = install_filter(domain == 1 ? Trap::decided_calls : Trap::store_calls);
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
    const bool elsewhere = batch.work == Work::rename_elsewhere;
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
  const bool trapped = state.range(0) != 0;
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
    auto started =
        Supervisor::start(std::move((*hello)->descriptor),
                          {{directory + "/domain"}, Domain::Mode::enforce, *find_profile("python")},
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

BENCHMARK(rename_on_tmpfs)
    ->Arg(0)
    ->Arg(1)
    ->Arg(2)
    ->UseManualTime()
    ->Iterations(40)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(rename_on_disk)->Arg(0)->Arg(1)->UseManualTime()->Iterations(40)->Unit(benchmark::kMicrosecond);
BENCHMARK(rename_outside_the_domain)
    ->Arg(0)
    ->Arg(1)
    ->UseManualTime()
    ->Iterations(40)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(open_read_write_close)
    ->Arg(0)
    ->Arg(1)
    ->Arg(2)
    ->UseManualTime()
    ->Iterations(40)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace holdfast
