// What a stack costs: of a thread that waits in a call, twenty functions deep, with all files known already.
#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "core/base/clock.h"
#include "harness/supervisor/stack/stack_reader.h"

namespace holdfast {
namespace {

constexpr int depth = 20;

// A child that says that it is ready and waits in read().
struct Child {
  pid_t pid = -1;
  int ready[2] = {-1, -1}, never[2] = {-1, -1};

  template <typename Run>
  explicit Child(Run run) {
    if (::pipe(ready) != 0 || ::pipe(never) != 0) std::abort();
    pid = ::fork();
    if (pid == 0) {
      run(*this);
      ::_exit(1);
    }
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) std::abort();
    while (!read_registers_of(pid)) ::usleep(100);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    for (const int fd : {ready[0], ready[1], never[0], never[1]}) ::close(fd);
  }

  static bool read_registers_of(pid_t pid) { return !StackReader().read(pid, pid).frames.empty(); }
};

[[gnu::noinline]] int wait_below(const Child& child, int levels) {
  if (levels > 0) return wait_below(child, levels - 1) + 1;
  char byte = 'r';
  if (::write(child.ready[1], &byte, 1) != 1) std::abort();
  return static_cast<int>(::read(child.never[0], &byte, 1));
}

void measure(benchmark::State& state, const Child& child) {
  StackReader reader;
  std::vector<std::int64_t> spent_ns;
  std::size_t frames = reader.read(child.pid, child.pid).frames.size();
  for (auto step : state) {
    const std::int64_t begin_ns = monotonic_ns();
    frames = reader.read(child.pid, child.pid).frames.size();
    spent_ns.push_back(monotonic_ns() - begin_ns);
  }
  std::nth_element(spent_ns.begin(), spent_ns.begin() + static_cast<std::ptrdiff_t>(spent_ns.size() / 2),
                   spent_ns.end());
  state.counters["median_us"] = static_cast<double>(spent_ns[spent_ns.size() / 2]) / 1000;
  state.counters["frames"] = static_cast<double>(frames);
}

void native_stack(benchmark::State& state) {
  measure(state, Child([](const Child& self) { wait_below(self, depth); }));
}

void python_stack(benchmark::State& state) {
  measure(state, Child([](const Child& self) {
            const std::string script = "import os\ndef f(n):\n  if n: return f(n - 1)\n  os.write(" +
                                       std::to_string(self.ready[1]) + ", b'r'); os.read(" +
                                       std::to_string(self.never[0]) + ", 1)\nf(" + std::to_string(depth) +
                                       ")\n";
            ::execlp("python3", "python3", "-c", script.c_str(), nullptr);
          }));
}

BENCHMARK(native_stack);
BENCHMARK(python_stack);

}  // namespace
}  // namespace holdfast
