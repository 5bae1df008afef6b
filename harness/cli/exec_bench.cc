// What `holdfast exec` costs a command: whole processes, alone and watched.
//
// Arguments: 0 = alone, 1 = under `holdfast exec --quiet`. Compare the medians of a benchmark's rows, with
// --benchmark_enable_random_interleaving=true --benchmark_repetitions=9, or the machine's mood is compared.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/base/clock.h"

namespace holdfast {
namespace {

// Its wall time; 0 if it could not be started or failed.
std::int64_t run_ns(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t silent;
  posix_spawn_file_actions_init(&silent);
  posix_spawn_file_actions_addopen(&silent, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&silent, STDOUT_FILENO, STDERR_FILENO);
  pid_t process = 0;
  const std::int64_t begun_ns = monotonic_ns();
  const bool started = ::posix_spawnp(&process, argv[0], &silent, nullptr, argv.data(), environ) == 0;
  int status = 1;
  if (started) ::waitpid(process, &status, 0);
  const std::int64_t ended_ns = monotonic_ns();
  posix_spawn_file_actions_destroy(&silent);
  return status == 0 ? ended_ns - begun_ns : 0;
}

void measure(benchmark::State& state, const std::vector<std::string>& command, const std::string& domain) {
  std::vector<std::string> words;
  if (state.range(0) == 1) words = {HOLDFAST_BINARY, "exec", "--quiet", "--dir", domain, "--"};
  words.insert(words.end(), command.begin(), command.end());
  for (auto _ : state) {
    const std::int64_t spent_ns = run_ns(words);
    if (spent_ns == 0) return state.SkipWithError("the command failed: not installed?");
    state.SetIterationTime(static_cast<double>(spent_ns) * 1e-9);
  }
}

void start_up(benchmark::State& state) {
  measure(state, {"true"}, "/tmp");
}
void cpu_bound_tests(benchmark::State& state) {
  measure(state, {"python3", "-m", "test", "-q", "test_json", "test_tokenize"}, "/tmp");
}
// No open is trapped where nobody denies reading: what remains is the filter that each call passes.
void reading_every_header(benchmark::State& state) {
  measure(state, {"grep", "-r", "-c", "include", "/usr/include"}, "/usr/include");
}

void settings(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(0)->Arg(1)->UseManualTime()->Unit(benchmark::kMillisecond);
}
BENCHMARK(start_up)->Apply(settings)->Iterations(100);
BENCHMARK(cpu_bound_tests)->Apply(settings)->Iterations(3);
BENCHMARK(reading_every_header)->Apply(settings)->Iterations(10);

}  // namespace
}  // namespace holdfast
