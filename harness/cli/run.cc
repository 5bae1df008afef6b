#include <fmt/core.h>

#include "harness/cli/runs/clean_environment.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/series.h"
#include "harness/cli/runs/single_run.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/explain.h"
#include "harness/cli/terminal/live_view.h"
#include "harness/linux/held_signals.h"

namespace holdfast {
namespace {

int run_once(const RunCommand& command, const Variant& variant) {
  const auto executable = own_executable();
  if (!executable) return complain(executable.error());
  auto directory = claim_directory(command, variant.scenario.name, DirectoryKind::run);
  if (!directory) return complain(directory.error());
  LiveView view(command.quiet, fmt::format("{}, seed {}", variant.scenario.name, command.seed));
  const auto outcome = perform(
      {command, variant, command.seed, *executable, [&](const Progress& progress) { view.show(progress); }},
      *directory);
  view.clear();
  if (!outcome) return complain(outcome.error());
  if (!command.quiet || command.json)
    show(outcome->summary, shown_path(command, *directory), {command.json, command.verbose});
  return explained(exit_code(outcome->summary), outcome->summary.reasons);
}

}  // namespace

static int carry_out(const RunCommand& command) {
  const auto variants = variants_of(command);
  if (!variants) return complain(variants.error());
  for (const Variant& variant : *variants) {
    if (auto room = room_for(variant.scenario); !room) return complain(room.error());
  }
  if (command.clean_environment) clean_environment();
  // From the first trace on disk to the last, Ctrl-C ends the run but not this program, which judges what was recorded. The signal is dropped afterwards: the exit code reports it.
  const HeldSignals held;
  const bool series = variants->size() > 1 || command.trials || command.until_fail || command.until_sure;
  const int code = series ? run_series(command, *variants, held) : run_once(command, variants->front());
  held.forget();
  return code;
}

static std::string as_label(const std::string& text) {
  const std::size_t at = text.find('=');
  const bool good = at != 0 && at < text.size() && text[0] >= 'a' && text[0] <= 'z' &&
                    text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") >= at;
  return good ? "" : "expected KEY=VALUE with a key of small letters, such as commit=1f2e3d";
}

void add_run_options(CLI::App& app, RunCommand& run) {
  app.add_option("scenario", run.scenario,
                 "A scenario file, or the name of a shipped one (see 'holdfast list')")
      ->required();
  app.add_option("--seed", run.seed, "Seed: the same scenario and seed give the same plan")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->capture_default_str();
  app.add_option("--agents", run.agents, "Number of agents, overriding the scenario's")
      ->transform(CLI::Validator(as_whole_number, ""));
  app.add_option("--set", run.settings, "Override a scenario key, as in --set agents.broadcasts=50")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--variant", run.variant, "Run only this variant of the scenario");
  app.add_option("--out", run.out, "The run directory (default: a new one under holdfast-runs/)");
  app.add_flag("--quiet", run.quiet, "No progress and no summary, only the exit code");
}

static void add_options(CLI::App& app, RunCommand& command) {
  add_run_options(app, command);
  app.add_option("--label", command.labels,
                 "KEY=VALUE for plan.json and the reports, as in --label commit=1f2e3d; may be repeated")
      ->check(CLI::Validator(as_label, ""))
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--expect", command.expectations, about_expect)->take_all()->allow_extra_args(false);
  app.add_option("--trials", command.trials,
                 "Run each variant this many times, with consecutive seeds from --seed on, and judge the "
                 "runs together")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->check(CLI::Validator(as_number_of_trials, ""));
  auto* until_fail =
      app.add_flag("--until-fail", command.until_fail,
                   "Run trials until one fails, and keep that one whole; at most --trials (default: 1000)");
  auto* until_sure = app.add_flag("--until-sure", command.until_sure,
                                  "Run trials until a sequential test can tell --sure-rate from "
                                  "--sure-against; at most --trials (default: 1000)")
                         ->excludes(until_fail);
  app.add_option("--sure-rate", command.sure.rate_good, "A pass rate that is good enough")
      ->needs(until_sure)
      ->capture_default_str();
  app.add_option("--sure-against", command.sure.rate_bad, "A pass rate that is not good enough")
      ->needs(until_sure)
      ->capture_default_str();
  app.add_option_function<double>(
         "--sure-error", [&](double rate) { command.sure.alpha = command.sure.beta = rate; },
         "Error rate of the test, in either direction")
      ->needs(until_sure)
      ->default_str(fmt::format("{}", command.sure.alpha));
  app.add_option_function<std::string>(
         "--keep", [&](const std::string& which) { command.keep_all = which == "all"; },
         "Which trials keep their events and stores: those that did not pass (failing), or all")
      ->check(CLI::IsMember({"failing", "all"}))
      ->default_str("failing");
  app.add_flag("--json", command.json, "Print result.json instead of the summary");
  app.add_flag("--clean-env", command.clean_environment, about_clean_environment);
  app.add_flag("--verbose", command.verbose, about_verbose);
}

extern const Subcommand run_subcommand{
    "run", "Run a scenario and judge it", add_command<RunCommand>,
    "  holdfast run broadcast-8 --seed 7 --agents 16      another plan, and a larger crowd\n"
    "  holdfast run my.toml --set subject.retry.jitter=equal --expect 'wait.max <= 3.1s'\n"
    "  holdfast run lockstep --trials 20                  each variant 20 times, compared in one report"};

}  // namespace holdfast
