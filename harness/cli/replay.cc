#include <fmt/core.h>

#include <cstdio>

#include "core/base/clock.h"
#include "harness/cli/runs/consent.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/repeat.h"
#include "harness/cli/runs/series.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/progress.h"
#include "harness/linux/held_signals.h"
#include "reports/format/text.h"

namespace holdfast {

struct ReplayCommand {
  std::string directory;  // of a run that failed
  std::uint64_t times = 10;
  std::string out;  // as of a run
  bool json = false;
  bool quiet = false;
  bool yes = false;  // run the plan's command unasked
};

static int carry_out(const ReplayCommand& command) {
  const auto failed = load_failed_run(command.directory, command.out);
  if (!failed) return complain(failed.error());
  if (auto consent = consent_to_run(failed->plan, command.yes, command.quiet); !consent)
    return complain(consent.error());
  const HeldSignals held;
  auto directory =
      claim_directory(failed->where, failed->plan.scenario.name + "-replay", DirectoryKind::series);
  if (!directory) return complain(directory.error());

  Replays replays;
  replays.failure = failed->failure;
  ProgressLine line(command.quiet);
  const std::int64_t begun_ns = monotonic_ns();
  for (std::uint64_t number = 1; number <= command.times && !held.arrived(); ++number) {
    const std::string prefix =
        fmt::format("run {} of {}, {} failed again", number, command.times, replays.same);
    const auto ending = repeat(
        failed->plan, directory->path() / fmt::format("run-{}", number), Keep::if_it_fails,
        failed->executable,
        [&](const Progress& progress) {
          line.show(fmt::format("{}: {}", prefix, progress_text(progress)),
                    static_cast<double>(monotonic_ns() - begun_ns) * 1e-9);
        },
        replays);
    if (!ending) {
      line.clear();
      return complain(ending.error());
    }
    if (*ending == RunEnding::interrupted) break;
  }
  line.clear();
  held.forget();
  if (auto written = write_result_file(directory->path() / "replay.json", to_json(replays)); !written)
    return complain(written.error());
  if (command.json) {
    fmt::print("{}", to_json(replays));
  } else if (!command.quiet) {
    if (const std::string changed = changed_since(failed->plan, command.directory); !changed.empty())
      fmt::print("{} has changed since that run.\n", one_line(changed));
    fmt::print("{}runs: {}\n",
               wrapped(fmt::format("{}, seed {}: {}", one_line(failed->plan.scenario.name), failed->plan.seed,
                                   sentence(replays)),
                       80, "", "  "),
               one_line(shown_path(failed->where, *directory).string()));
  }
  return exit_code(replays);
}

static void add_options(CLI::App& app, ReplayCommand& command) {
  app.add_option("directory", command.directory, "The run directory")->required();
  app.add_option("--times", command.times, "Number of runs")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->check(CLI::Validator(as_number_of_trials, ""))
      ->capture_default_str();
  app.add_option("--out", command.out, "Directory for its runs (default: a new one under holdfast-runs/)");
  app.add_flag("--yes", command.yes, about_yes);
  app.add_flag("--json", command.json, "Print replay.json instead of the result");
  app.add_flag("--quiet", command.quiet, "No progress and no result, only the exit code");
}

extern const Subcommand replay_subcommand{
    "replay", "Rerun a failed plan and report how often it fails the same way", add_command<ReplayCommand>,
    "  holdfast replay runs/before                        does the failure come again? ten runs\n"
    "  holdfast replay runs/before --times 50 --json"};

}  // namespace holdfast
