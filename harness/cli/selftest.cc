// Whether the harness finds what is there to be found: it runs stores with planted bugs, each under the scenario that
// must show it, and stores that are right, which nothing may find fault with.
//
// Each run is `holdfast run` as a process of its own, several side by side, since they mostly wait. A mutant that is
// not found runs again, with another seed, until its time is up.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "core/base/clock.h"
#include "harness/cli/command_line.h"
#include "harness/cli/judge.h"
#include "harness/cli/progress.h"
#include "harness/cli/selftest_report.h"
#include "harness/cli/single_run.h"
#include "harness/cli/terminal.h"
#include "harness/conduct/held_signals.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/unknown_word.h"
#include "harness/supervisor/descriptor.h"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace holdfast {
namespace {

constexpr std::uint64_t seeds_apart = 1000;  // of one mutant's attempts

// One mutant or store, with one seed.
struct Job {
  std::size_t mutant = 0;   // its place, or
  std::size_t correct = 0;  // that of a store that is right
  bool planted = true;
  std::uint64_t seed = 1;
  std::uint64_t attempts = 0;
  std::int64_t begun_ns = 0;
};

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct UnderWay {
  Job job;
  pid_t process = 0;
  Descriptor ended;  // readable once it has
  std::filesystem::path directory;
  std::string command;
  bool told_to_end = false;
};

class SelfTester {
 public:
  SelfTester(const SelftestCommand& command, std::filesystem::path mutants, std::filesystem::path scratch,
             std::filesystem::path program, SelfTest& test)
      : command_(command),
        mutants_(std::move(mutants)),
        scratch_(std::move(scratch)),
        program_(std::move(program)),
        test_(test),
        line_(command.quiet) {}

  // Code::cancelled if a signal that is held back came.
  Result<> run() {
    queue_jobs();
    const std::size_t all = waiting_.size();
    const std::size_t at_once = command_.jobs.value_or(std::max(2U, 2 * std::thread::hardware_concurrency()));
    while (!waiting_.empty() || !running_.empty()) {
      while (running_.size() < at_once && !waiting_.empty()) {
        Job job = waiting_.front();
        waiting_.pop_front();
        if (auto begun = begin(job); !begun) return end_all(begun);
      }
      if (HeldSignals::arrived()) return end_all(fail(Code::cancelled, "the self-test was interrupted"));
      if (auto waited = wait_for_one(); !waited) return end_all(waited);
      line_.show(fmt::format("{} of {} done", all - waiting_.size() - running_.size(), all),
                 static_cast<double>(monotonic_ns() - begun_ns_) * 1e-9);
    }
    line_.clear();
    return {};
  }

 private:
  [[nodiscard]] std::int64_t limit_ns() const {
    return static_cast<std::int64_t>(command_.seconds) * 1'000'000'000;
  }

  void queue_jobs() {
    for (std::uint64_t n = 0; n < command_.seeds; ++n) {
      for (std::size_t i = 0; i < test_.mutants.size(); ++i)
        waiting_.push_back({i, 0, true, command_.seed + n});
      for (std::size_t i = 0; i < test_.correct.size(); ++i)
        waiting_.push_back({0, i, false, command_.seed + n});
    }
  }

  [[nodiscard]] std::vector<std::string> arguments_of(const Job& job, std::uint64_t seed) const {
    std::vector<std::string> settings;
    std::string scenario;
    if (job.planted) {
      const Mutant& mutant = test_.mutants[job.mutant].mutant;
      scenario = mutant.scenario;
      settings = {"subject.store=mutant", "subject.fault=" + mutant.fault};
      settings.insert(settings.end(), mutant.settings.begin(), mutant.settings.end());
    } else {
      const CorrectResult& correct = test_.correct[job.correct];
      scenario = correct.scenario;
      settings = {"subject.store=" + correct.store};
      settings.insert(settings.end(), correct.settings.begin(), correct.settings.end());
    }
    std::vector<std::string> arguments = {"run", (mutants_ / (scenario + ".toml")).string(), "--seed",
                                          fmt::format("{}", seed)};
    for (const std::string& setting : settings) {
      arguments.emplace_back("--set");
      arguments.push_back(setting);
    }
    return arguments;
  }

  Result<> begin(Job job) {
    if (job.attempts == 0) job.begun_ns = monotonic_ns();
    const std::uint64_t seed = job.seed + seeds_apart * job.attempts++;
    UnderWay run;
    run.job = job;
    run.directory = scratch_ / fmt::format("run-{}", ++runs_);
    std::vector<std::string> arguments = arguments_of(job, seed);
    run.command = "holdfast";
    for (const std::string& argument : arguments) run.command += " " + shell_quoted(argument);
    arguments.insert(arguments.begin(), program_.string());
    for (const char* more : {"--quiet", "--out"}) arguments.emplace_back(more);
    arguments.push_back(run.directory.string());

    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    const std::string log = run.directory.string() + ".log";
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                       0600);
    ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    // Ctrl-C is for this process, which tells them; the signals that it holds back are theirs to take.
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    const int problem = ::posix_spawn(&run.process, argv[0], &actions, &attributes, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (problem != 0) return fail(Code::failed, "cannot start a run of the self-test", problem);
    run.ended = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, run.process, 0)));
    running_.push_back(std::move(run));
    return {};
  }

  Result<> wait_for_one() {
    constexpr int tick_ms = 100;
    std::vector<pollfd> polled;
    for (const UnderWay& run : running_) polled.push_back({run.ended.get(), POLLIN, 0});
    ::poll(polled.data(), polled.size(), tick_ms);
    for (std::size_t i = running_.size(); i-- > 0;) {
      if (polled[i].revents == 0) {
        end_if_late(running_[i]);
        continue;
      }
      UnderWay run = std::move(running_[i]);
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      ::waitpid(run.process, nullptr, 0);
      if (auto judged = judge_run(run); !judged) return judged;
    }
    return {};
  }

  // A scenario has a deadline of its own; this is for one that outlasts the mutant's time by far.
  void end_if_late(UnderWay& run) const {
    constexpr std::int64_t grace_ns = 60'000'000'000;
    if (run.told_to_end || monotonic_ns() - run.job.begun_ns < limit_ns() + grace_ns) return;
    ::kill(run.process, SIGTERM);
    run.told_to_end = true;
  }

  Result<> judge_run(UnderWay& run) {
    const auto summary = load_summary(run.directory / "result.json");
    if (!summary) {
      return fail(Code::failed,
                  fmt::format("a run of the self-test gave no result ({}): {}; {}", run.command,
                              summary.error().message, file_text(run.directory.string() + ".log")));
    }
    run.job.planted ? judge_mutant(run, *summary) : judge_correct(run, *summary);
    std::error_code ignored;
    std::filesystem::remove_all(run.directory, ignored);
    std::filesystem::remove(run.directory.string() + ".log", ignored);
    return {};
  }

  void judge_mutant(const UnderWay& run, const Summary& summary) {
    const Job& job = run.job;
    const Mutant& mutant = test_.mutants[job.mutant].mutant;
    MutantRun result;
    result.seed = job.seed;
    result.attempts = job.attempts;
    result.command = run.command;
    result.seconds = static_cast<double>(monotonic_ns() - job.begun_ns) * 1e-9;
    result.found = true;
    for (const Finding& finding : summary.checks) {
      if (decides(finding, Verdict::fail)) result.failed.push_back(finding.name);
    }
    for (const std::string& name : mutant.must_fail) {
      const auto finding = std::find_if(summary.checks.begin(), summary.checks.end(),
                                        [&](const Finding& each) { return each.name == name; });
      const bool fails = finding != summary.checks.end() && decides(*finding, Verdict::fail);
      result.found = result.found && fails;
      if (fails && result.witness.empty()) result.witness = finding->witness.value_or("");
    }
    if (!result.found) {
      result.witness = fmt::format("{} attempts; the last: {}", result.attempts, summary.reasons.front());
      if (monotonic_ns() - job.begun_ns < limit_ns()) {
        waiting_.push_front(job);
        return;
      }
    }
    auto& runs = test_.mutants[job.mutant].runs;
    const auto later = [](const MutantRun& a, const MutantRun& b) { return a.seed < b.seed; };
    runs.insert(std::upper_bound(runs.begin(), runs.end(), result, later), result);
  }

  void judge_correct(const UnderWay& run, const Summary& summary) {
    auto& runs = test_.correct[run.job.correct].runs;
    CorrectRun result{run.job.seed, summary.verdict, summary.reasons.front(), run.command};
    const auto later = [](const CorrectRun& a, const CorrectRun& b) { return a.seed < b.seed; };
    runs.insert(std::upper_bound(runs.begin(), runs.end(), result, later), result);
  }

  // Nobody stays: each ends its run as for Ctrl-C.
  Result<> end_all(Result<> why) {
    for (const UnderWay& run : running_) ::kill(run.process, SIGTERM);
    for (const UnderWay& run : running_) ::waitpid(run.process, nullptr, 0);
    running_.clear();
    line_.clear();
    return why;
  }

  const SelftestCommand& command_;
  std::filesystem::path mutants_;
  std::filesystem::path scratch_;
  std::filesystem::path program_;
  SelfTest& test_;
  ProgressLine line_;
  std::deque<Job> waiting_;
  std::vector<UnderWay> running_;
  std::uint64_t runs_ = 0;
  std::int64_t begun_ns_ = monotonic_ns();
};

// Every scenario and settings that some mutant has, with each store that is right.
std::vector<CorrectResult> correct_ones(const std::vector<MutantResult>& mutants) {
  std::vector<CorrectResult> correct;
  for (const auto& [mutant, runs] : mutants) {
    for (const char* const store : {"snapshot", "mutant"}) {
      CorrectResult one{store, mutant.scenario, mutant.settings, {}};
      const bool known = std::any_of(correct.begin(), correct.end(), [&](const CorrectResult& other) {
        return other.store == one.store && other.scenario == one.scenario && other.settings == one.settings;
      });
      if (!known) correct.push_back(std::move(one));
    }
  }
  return correct;
}

Result<SelfTest> planned(const SelftestCommand& command, const std::filesystem::path& mutants) {
  auto all = load_mutants(mutants / "manifest.toml");
  if (!all) return fail(std::move(all.error()));
  SelfTest test;
  test.seeds = command.seeds;
  test.seconds = command.seconds;
  std::vector<std::string_view> names;
  for (const Mutant& mutant : *all) names.push_back(mutant.fault);
  for (const std::string& asked : command.only) {
    if (std::find(names.begin(), names.end(), asked) == names.end())
      return fail(Code::invalid, "--only: " + unknown_word("mutant", asked, names));
  }
  for (Mutant& mutant : *all) {
    const bool asked = command.only.empty() || std::find(command.only.begin(), command.only.end(),
                                                         mutant.fault) != command.only.end();
    if (asked) test.mutants.push_back({std::move(mutant), {}});
  }
  test.correct = correct_ones(test.mutants);
  return test;
}

}  // namespace

int carry_out(const SelftestCommand& command) {
  const auto mutants = find_mutants();
  if (!mutants) return complain(mutants.error());
  auto test = planned(command, *mutants);
  if (!test) return complain(test.error());
  const auto program = own_executable();
  if (!program) return complain(program.error());

  const HeldSignals held;
  std::error_code problem;
  std::string scratch = (std::filesystem::temp_directory_path(problem) / "holdfast-selftest-XXXXXX").string();
  if (::mkdtemp(scratch.data()) == nullptr)
    return complain({Code::failed, "cannot make a directory for the self-test: " + scratch, errno});
  const auto done = SelfTester(command, *mutants, scratch, *program, *test).run();
  std::filesystem::remove_all(scratch, problem);
  held.forget();
  if (!done) return complain(done.error());
  if (command.json) {
    fmt::print("{}", to_json(*test));
  } else {
    fmt::print("{}", render_selftest(*test, colour_wanted(STDOUT_FILENO), columns_of(STDOUT_FILENO)));
  }
  return passed(*test) ? 0 : 1;
}

}  // namespace holdfast
