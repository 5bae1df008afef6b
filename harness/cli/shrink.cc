#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/clock.h"
#include "harness/cli/runs/consent.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/repeat.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/progress.h"
#include "harness/linux/held_signals.h"
#include "harness/scenario/shrink.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"

namespace holdfast {

struct ShrinkCommand {
  std::string directory;  // of a run that failed
  std::uint64_t times = 5;
  double rate = 0.8;  // of them that must fail in the same way
  std::uint64_t most_runs = 500;
  std::string out;  // as of a run
  bool quiet = false;
  bool yes = false;  // run the plan's command unasked
};

namespace {

constexpr std::uint64_t last_runs =
    10;  // that were no part of the search, to verify its result and state its rate

// What is written: the smallest that failed as often as was asked for in runs of its own.
struct Verified {
  Scenario scenario;
  Replays replays;
  bool any_seed = true;        // each run had a seed of its own; else all that of the run that is shrunk
  std::size_t too_seldom = 0;  // smaller ones that the search had found, and that failed too seldom
};

std::string size_of(const Scenario& scenario) {
  return fmt::format("{}, {} each, {}", format_counted(scenario.agents.count, "agent"),
                     format_counted(scenario.agents.broadcasts, "broadcast"),
                     format_counted(scenario.injectors.size(), "injector"));
}

// Expectations are of the size that the scenario had: only the one that it has to miss stays.
Scenario without_other_expectations(Scenario scenario, const Failure& failure) {
  std::erase_if(scenario.expectations, [&](const Expectation& expectation) {
    return failure.by_check || name_of(expectation) != failure.name;
  });
  return scenario;
}

class Search {
 public:
  Search(const ShrinkCommand& command, const FailedRun& failed, std::filesystem::path directory)
      : command_(command), failed_(failed), directory_(std::move(directory)), line_(command.quiet) {}

  // Whether a scenario fails in the same way in the share of runs that was asked for; no more runs than decide it.
  bool still(const Scenario& scenario) {
    Plan plan = failed_.plan;
    plan.scenario = scenario;
    if (!parse_plan(to_json(plan), "plan.json"))
      return false;  // a rule between keys: it could not be written
    const std::uint64_t needed = needed_of(command_.times);
    Replays replays;
    replays.failure = failed_.failure;
    while (replays.same < needed && replays.runs() - replays.same <= command_.times - needed) {
      if (ended() || !run(plan, "try", Keep::nothing, replays)) return false;
    }
    return replays.same >= needed;
  }

  // The smallest of the path that holds with any seed; if none does, with the seed of the run that is shrunk: what is
  // drawn from it may be what it takes. None: none holds, or the search was ended before that was known.
  std::optional<Verified> verified(const std::vector<Scenario>& path) {
    for (const bool any_seed : {true, false}) {
      std::vector<Scenario> left = path;
      Replays replays;
      go_back_until(left, [&](const Scenario& scenario) {
        replays = measure(scenario, any_seed);
        return stopped() || replays.same >= needed_of(last_runs);
      });
      line_.clear();
      if (stopped()) return std::nullopt;
      if (!left.empty()) return Verified{left.back(), replays, any_seed, path.size() - left.size()};
    }
    return std::nullopt;
  }

  [[nodiscard]] bool ended() const { return stopped() || runs_ >= command_.most_runs; }
  [[nodiscard]] bool interrupted() const { return interrupted_ || HeldSignals::arrived(); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] std::uint64_t runs() const { return runs_; }

 private:
  [[nodiscard]] bool stopped() const { return interrupted() || error_; }
  [[nodiscard]] std::uint64_t needed_of(std::uint64_t runs) const {
    return static_cast<std::uint64_t>(std::ceil(command_.rate * static_cast<double>(runs)));
  }

  // Its last runs, which are kept if it holds; ends as soon as it cannot.
  Replays measure(const Scenario& scenario, bool any_seed) {
    Plan plan = failed_.plan;
    plan.scenario = scenario;
    Replays replays;
    replays.failure = failed_.failure;
    const std::uint64_t misses = last_runs - needed_of(last_runs);
    std::vector<std::string> names;
    while (replays.runs() < last_runs && replays.runs() - replays.same <= misses && !stopped()) {
      plan.seed += any_seed ? 1 : 0;
      names.push_back(fmt::format("run-{}", names.size() + 1));
      if (!run(plan, names.back(), Keep::if_it_fails, replays)) break;
    }
    if (replays.same < needed_of(last_runs)) {
      std::error_code ignored;
      for (const std::string& name : names) std::filesystem::remove_all(directory_ / name, ignored);
    }
    return replays;
  }

  bool run(const Plan& plan, const std::string& name, Keep keep, Replays& replays) {
    const std::string prefix = fmt::format("run {}: {}", ++runs_, size_of(plan.scenario));
    const auto ending = repeat(
        plan, directory_ / name, keep, failed_.executable,
        [&](const Progress&) { line_.show(prefix, static_cast<double>(monotonic_ns() - begun_ns_) * 1e-9); },
        replays);
    if (!ending) error_ = ending.error();
    interrupted_ = interrupted_ || (ending && *ending == RunEnding::interrupted);
    return ending && !interrupted_;
  }

  const ShrinkCommand& command_;
  const FailedRun& failed_;
  std::filesystem::path directory_;
  ProgressLine line_;
  std::int64_t begun_ns_ = monotonic_ns();
  std::uint64_t runs_ = 0;
  bool interrupted_ = false;
  std::optional<Error> error_;
};

// What its last runs showed, and with which seeds.
std::string verdict_on(const Verified& small, std::uint64_t seed) {
  if (small.replays.runs() == 0) return "the search was interrupted before this was verified";
  const std::string seeds =
      small.any_seed
          ? fmt::format("with seeds {} to {}", seed + 1, seed + last_runs)
          : fmt::format("with seed {}; with other seeds, nothing that the search found failed as often",
                        seed);
  return fmt::format("{}; {}", sentence(small.replays), seeds);
}

std::string file_text(const FailedRun& failed, const Verified& small) {
  const std::uint64_t seed = failed.plan.seed;
  return fmt::format("# Shrunk by 'holdfast shrink' from {}, seed {}: {}.\n# {}.\n\n{}",
                     one_line(failed.plan.scenario.name), seed, size_of(failed.plan.scenario),
                     verdict_on(small, seed), to_toml(small.scenario));
}

std::string what_was_done(const FailedRun& failed, const Verified& small, std::uint64_t runs) {
  std::string text =
      fmt::format("{}: {}; before, {}. {} were run", one_line(failed.plan.scenario.name),
                  size_of(small.scenario), size_of(failed.plan.scenario), format_counted(runs, "plan"));
  if (small.too_seldom > 0) {
    text += fmt::format(", and {} than this failed too seldom when verified",
                        format_counted(small.too_seldom, "smaller one", "smaller ones"));
  }
  return text + ".";
}

// Why nothing is written: the run itself fails too seldom, or all that the search found does.
Error nothing_holds(const ShrinkCommand& command, const Failure& failure, std::size_t found) {
  const std::string share = format_percent(command.rate);
  const std::string what =
      found == 0 ? fmt::format("{} failed by {} in less than {} of runs", command.directory,
                               to_string(failure), share)
                 : fmt::format("of {} that the search in {} found, none failed by {} in {} of {} more runs",
                               format_counted(found, "scenario"), command.directory, to_string(failure),
                               share, last_runs);
  return {Code::failed,
          what + ": too seldom to shrink; 'holdfast replay' reports how often, and --rate accepts less"};
}

}  // namespace

static int carry_out(const ShrinkCommand& command) {
  const auto failed = load_failed_run(command.directory, command.out);
  if (!failed) return complain(failed.error());
  if (auto consent = consent_to_run(failed->plan, command.yes, command.quiet); !consent)
    return complain(consent.error());
  const HeldSignals held;
  const std::string& name = failed->plan.scenario.name;
  auto directory = claim_directory(failed->where, name + "-shrink", DirectoryKind::series);
  if (!directory) return complain(directory.error());

  Search search(command, *failed, directory->path());
  const Scenario whole = without_other_expectations(failed->plan.scenario, failed->failure);
  std::vector<Scenario> path;
  if (search.still(whole)) {
    path = shrink(
        whole, [&](const Scenario& smaller) { return search.still(smaller); },
        [&] { return search.ended(); });
  }
  auto small = search.verified(path);
  if (search.error()) return complain(*search.error());
  const bool interrupted = search.interrupted();
  held.forget();
  if (interrupted && path.size() < 2)
    return complain({Code::failed, "interrupted before anything was found"});
  if (interrupted) small = Verified{path.back(), {failed->failure}};
  if (!small) return complain(nothing_holds(command, failed->failure, path.size()));
  const std::string file_name = name + "-small.toml";
  if (auto written = write_result_file(directory->path() / file_name, file_text(*failed, *small)); !written)
    return complain(written.error());
  if (!command.quiet) {
    const auto shown = shown_path(failed->where, *directory) / file_name;
    fmt::print("{}{}holdfast run {} --seed {}\n",
               wrapped(what_was_done(*failed, *small, search.runs()), 80, "", "  "),
               wrapped(verdict_on(*small, failed->plan.seed), 80, "  ", "  "),
               one_line(shell_quoted(shown.string())), failed->plan.seed);
  }
  return interrupted ? exit_cut_short : 0;
}

static void add_options(CLI::App& app, ShrinkCommand& command) {
  app.add_option("directory", command.directory, "The run directory")->required();
  app.add_option("--times", command.times, "Maximum number of runs per plan tried")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->check(CLI::Validator(as_number_of_trials, ""))
      ->capture_default_str();
  app.add_option("--rate", command.rate, "Share of these runs that must fail the same way")
      ->check(CLI::Range(0.01, 1.0))
      ->capture_default_str();
  app.add_option("--runs", command.most_runs, "Maximum number of runs in total")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->check(CLI::Validator(as_number_of_trials, ""))
      ->capture_default_str();
  app.add_option("--out", command.out,
                 "Directory for the scenario (default: a new one under "
                 "holdfast-runs/)");
  app.add_flag("--yes", command.yes, about_yes);
  app.add_flag("--quiet", command.quiet, "No progress and no summary");
}

extern const Subcommand shrink_subcommand{
    "shrink", "Find the smallest plan that still fails the same way: fewer agents, broadcasts, injectors",
    add_command<ShrinkCommand>,
    "  holdfast shrink runs/before --out runs/small       the smallest plan that still fails\n"
    "  holdfast shrink runs/before --times 5 --rate 0.4   for a failure that is rare"};

}  // namespace holdfast
