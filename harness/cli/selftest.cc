// Whether the harness finds what is there to be found: it runs subjects with planted bugs, each under the scenario that
// must show it, and correct subjects, which no check may fail.
//
// Each run is `holdfast run` as a process of its own. Those with bugs run several side by side: they mostly wait, and
// are looked at again with another seed if the first shows nothing. Correct subjects run one at a time and have one
// chance; but for what other programs did to the machine meanwhile (outside_load.h).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "core/base/clock.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/side_by_side.h"
#include "harness/cli/runs/single_run.h"
#include "harness/cli/selftest/outside_load.h"
#include "harness/cli/selftest/report.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/progress.h"
#include "harness/cli/terminal/terminal.h"
#include "harness/crowd/launch/removed_with_us.h"
#include "harness/linux/held_signals.h"
#include "harness/scenario/unknown_word.h"

namespace holdfast {

struct SelftestCommand {
  std::string manifest;        // empty: the one that ships
  std::uint64_t attempts = 5;  // at each bug with each seed, at most
  std::uint64_t seeds = 1;     // so many, from `seed` on
  std::uint64_t seed = 1;
  std::vector<std::string> only;      // entries; none: all
  std::optional<std::uint64_t> jobs;  // runs of bugs side by side
  bool json = false;
  bool quiet = false;  // no progress
};

namespace {

constexpr std::uint64_t seeds_apart = 1000;  // of the attempts at one bug
constexpr int most_runs_again = 2;           // of a right subject, with one seed

RunVerdict verdict_of(const Summary& summary) {
  const int code = exit_code(summary);
  return code == 0 ? RunVerdict::pass : code == 2 ? RunVerdict::inconclusive : RunVerdict::fail;
}

Attempt attempt_of(const Mutant& mutant, const Summary& summary) {
  Attempt attempt;
  attempt.found = true;
  attempt.verdict = verdict_of(summary);
  attempt.seconds = summary.load_s;
  if (summary.cause) attempt.cause = summary.cause->name;
  for (const Finding& finding : summary.checks) {
    if (decides(finding, Verdict::fail)) attempt.failed.push_back(finding.name);
  }
  for (const std::string& name : mutant.must_fail) {
    const auto finding = std::find_if(summary.checks.begin(), summary.checks.end(),
                                      [&](const Finding& each) { return each.name == name; });
    const bool fails = finding != summary.checks.end() && decides(*finding, Verdict::fail);
    attempt.found = attempt.found && fails;
    if (fails && attempt.said.empty()) attempt.said = finding->witness.value_or("");
  }
  if (!attempt.found) attempt.said = summary.reasons.front();
  return attempt;
}

class SelfTester {
 public:
  SelfTester(const SelftestCommand& command, std::filesystem::path scratch, std::filesystem::path program,
             SelfTest& test)
      : command_(command),
        scratch_(std::move(scratch)),
        program_(std::move(program)),
        test_(test),
        line_(command.quiet) {}

  // Code::cancelled if a signal that is held back came.
  Result<> run() {
    auto done = seek_bugs();
    if (done) done = run_right_subjects();
    line_.clear();
    return done;
  }

 private:
  // One seed of a planted bug.
  struct Sought {
    const Mutant* mutant;
    MutantRun* run;
  };

  Result<> seek_bugs() {
    std::vector<Sought> sought;
    for (MutantResult& result : test_.mutants) {
      for (std::uint64_t n = 0; n < command_.seeds; ++n) result.runs.push_back({command_.seed + n, {}});
      for (MutantRun& run : result.runs) sought.push_back({&result.mutant, &run});
    }
    const std::size_t at_once = command_.jobs.value_or(std::max(2U, 2 * std::thread::hardware_concurrency()));
    for (std::uint64_t attempt = 0; attempt < command_.attempts && !sought.empty(); ++attempt) {
      std::vector<SideRun> runs;
      runs.reserve(sought.size());
      for (const Sought& one : sought)
        runs.push_back(run_of(one.mutant->subject, one.run->seed + seeds_apart * attempt));
      const std::string what = attempt == 0 ? "planted bugs" : fmt::format("attempt {}", attempt + 1);
      auto done = perform(runs, at_once, what, [&](std::size_t at, const Summary& summary) {
        Attempt made = attempt_of(*sought[at].mutant, summary);
        made.seed = sought[at].run->seed + seeds_apart * attempt;
        made.command = runs[at].name;
        sought[at].run->attempts.push_back(std::move(made));
      });
      if (!done) return done;
      std::erase_if(sought, [](const Sought& one) { return one.run->found(); });
    }
    return {};
  }

  Result<> run_right_subjects() {
    const std::size_t all = test_.right.size() * command_.seeds;
    std::size_t number = 0;
    for (std::uint64_t n = 0; n < command_.seeds; ++n) {
      for (RightResult& result : test_.right) {
        const std::string what = fmt::format("correct subject {} of {}", ++number, all);
        if (auto done = run_right(result, command_.seed + n, what); !done) return done;
      }
    }
    return {};
  }

  Result<> run_right(RightResult& result, std::uint64_t seed, const std::string& what) {
    const auto processors = static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
    for (int again = 0;; ++again) {
      RightRun judged;
      bool late = false;
      const SideRun run = run_of(result.subject, seed);
      const MachineUse before = machine_use();
      auto done = perform({run}, 1, what, [&](std::size_t, const Summary& summary) {
        judged = {seed, verdict_of(summary), summary.reasons.front(), {}, run.name};
        late = only_late(summary);
      });
      if (!done) return done;
      if (judged.verdict == RunVerdict::inconclusive && late && again < most_runs_again) {
        const OutsideLoad load = outside_load(before, machine_use(), processors);
        judged.outside = outside_cause(load).value_or("");
      }
      result.runs.push_back(judged);
      if (judged.outside.empty()) return {};
    }
  }

  [[nodiscard]] SideRun run_of(const NamedScenario& subject, std::uint64_t seed) {
    SideRun run;
    run.arguments = {"run", subject.file.string(), "--seed", fmt::format("{}", seed)};
    for (const std::string& setting : subject.settings) {
      run.arguments.emplace_back("--set");
      run.arguments.push_back(setting);
    }
    run.name = "holdfast";
    for (const std::string& argument : run.arguments) run.name += " " + shell_quoted(argument);
    run.directory = scratch_ / fmt::format("run-{}", ++runs_);
    for (const std::string& more : {std::string("--quiet"), std::string("--out"), run.directory.string()})
      run.arguments.push_back(more);
    return run;
  }

  // Runs them, and takes what each came to as soon as it has ended.
  Result<> perform(const std::vector<SideRun>& runs, std::size_t at_once, const std::string& what,
                   const std::function<void(std::size_t, const Summary&)>& take) {
    Result<> taken;
    SideRunsOptions options;
    options.executable = program_;
    options.at_once = at_once;
    options.stop = [&] { return !taken || HeldSignals::arrived(); };
    options.on_progress = [&](std::size_t done) {
      const std::string progress =
          runs.size() == 1 ? "" : fmt::format(": {} of {} runs done", done, runs.size());
      line_.show(what + progress, static_cast<double>(monotonic_ns() - begun_ns_) * 1e-9);
    };
    options.on_ended = [&](std::size_t at) {
      if (!taken || HeldSignals::arrived()) return;
      const auto summary = load_summary(runs[at].directory);
      if (summary) {
        take(at, *summary);
      } else {
        taken = fail(Code::failed, fmt::format("a run of the self-test gave no result: {} ({})",
                                               summary.error().message, runs[at].name));
      }
      std::error_code ignored;
      std::filesystem::remove_all(runs[at].directory, ignored);
    };
    const auto ending = run_side_by_side(runs, options);
    if (!ending) return fail(ending.error());
    if (!taken) return taken;
    if (*ending == SideRunsEnding::stopped) return fail(Code::cancelled, "the self-test was interrupted");
    return {};
  }

  const SelftestCommand& command_;
  std::filesystem::path scratch_;
  std::filesystem::path program_;
  SelfTest& test_;
  ProgressLine line_;
  std::uint64_t runs_ = 0;
  std::int64_t begun_ns_ = monotonic_ns();
};

// Leaves those that --only names: bugs, with the stores that must pass in their place, and correct subjects.
Result<> select(const std::vector<std::string>& only, Manifest& manifest) {
  if (only.empty()) return {};
  std::vector<std::string_view> names;
  for (const Mutant& mutant : manifest.mutants) names.push_back(mutant.subject.name);
  for (const NamedScenario& right : manifest.right) names.push_back(right.name);
  for (const std::string& asked : only) {
    if (std::find(names.begin(), names.end(), asked) == names.end())
      return fail(Code::invalid, "--only: " + unknown_word("entry", asked, names));
  }
  const auto not_asked = [&](const NamedScenario& subject) {
    return std::find(only.begin(), only.end(), subject.name) == only.end();
  };
  std::erase_if(manifest.mutants, [&](const Mutant& mutant) { return not_asked(mutant.subject); });
  std::erase_if(manifest.right, not_asked);
  return {};
}

Result<SelfTest> planned(const SelftestCommand& command) {
  const auto file = command.manifest.empty() ? find_manifest() : std::filesystem::path(command.manifest);
  if (!file) return fail(file.error());
  auto manifest = load_manifest(*file);
  if (!manifest) return fail(std::move(manifest.error()));
  if (auto selected = select(command.only, *manifest); !selected) return fail(std::move(selected.error()));
  SelfTest test;
  test.seeds = command.seeds;
  test.attempts = command.attempts;
  for (NamedScenario& subject : right_subjects(*manifest)) test.right.push_back({std::move(subject), {}});
  for (Mutant& mutant : manifest->mutants) test.mutants.push_back({std::move(mutant), {}});
  return test;
}

}  // namespace

static int carry_out(const SelftestCommand& command) {
  auto test = planned(command);
  if (!test) return complain(test.error());
  const auto program = own_executable();
  if (!program) return complain(program.error());

  const HeldSignals held;
  const auto scratch = RemovedWithUs::make("selftest");
  if (!scratch) return complain(scratch.error());
  const auto done = SelfTester(command, (*scratch)->path(), *program, *test).run();
  held.forget();
  if (!done) {
    const int code = complain(done.error());
    return done.error().code == Code::cancelled ? exit_cut_short : code;
  }
  if (command.json) {
    fmt::print("{}", to_json(*test));
  } else {
    fmt::print("{}", render_selftest(*test, colour_wanted(STDOUT_FILENO), columns_of(STDOUT_FILENO)));
  }
  return passed(*test) ? 0 : 1;
}

static void add_options(CLI::App& app, SelftestCommand& command) {
  const auto whole = [&](const char* name, auto& number, const char* text) {
    return app.add_option(name, number, text)
        ->transform(CLI::Validator(as_whole_number, ""))
        ->check(CLI::Validator(as_number_of_trials, ""));
  };
  app.add_option("--manifest", command.manifest,
                 "A file that lists subjects of your own: [[mutant]] has a planted bug, [[right]] has none");
  whole("--attempts", command.attempts,
        "Maximum number of runs per bug, each with a different seed; stops at the first that finds it")
      ->capture_default_str();
  whole("--seeds", command.seeds, "Number of seeds to run everything with")->capture_default_str();
  app.add_option("--seed", command.seed, "The first seed")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->capture_default_str();
  app.add_option("--only", command.only, "Run only these entries of the manifest");
  whole("--jobs", command.jobs,
        "Concurrent runs of planted bugs; they mostly wait (default: two per processor). Correct subjects "
        "run one at a time");
  app.add_flag("--json", command.json, "Print JSON");
  app.add_flag("--quiet", command.quiet, "No progress");
}

extern const Subcommand selftest_subcommand{
    "selftest", "Run subjects with planted bugs, which must be found, and correct subjects, which must pass",
    add_command<SelftestCommand>,
    "  holdfast selftest --only no-lock --seeds 20        how often is this bug found?\n"
    "  holdfast selftest --manifest subjects/manifest.toml   subjects of your own"};

}  // namespace holdfast
