#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/clock.h"
#include "harness/cli/judge.h"
#include "harness/cli/progress.h"
#include "harness/cli/repeat.h"
#include "harness/conduct/held_signals.h"
#include "harness/scenario/shrink.h"
#include "reports/number_format.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr std::uint64_t last_runs = 10;  // of the smallest, to state its rate

std::string size_of(const Scenario& scenario) {
  return fmt::format("{}, {} each, {}", format_counted(scenario.agents.count, "agent"),
                     format_counted(scenario.agents.broadcasts, "broadcast"),
                     format_counted(scenario.injectors.size(), "injector"));
}

// Expectations are of the size that the scenario had: only the one that it shall fail by stays.
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
    const auto needed =
        static_cast<std::uint64_t>(std::ceil(command_.rate * static_cast<double>(command_.times)));
    Replays replays;
    replays.failure = failed_.failure;
    while (replays.same < needed && replays.runs() - replays.same <= command_.times - needed) {
      if (ended() || !run(plan, "try", Keep::nothing, replays)) return false;
    }
    return replays.same >= needed;
  }

  // The smallest's rate, its runs kept.
  Replays measure(const Scenario& scenario) {
    Plan plan = failed_.plan;
    plan.scenario = scenario;
    Replays replays;
    replays.failure = failed_.failure;
    for (std::uint64_t number = 1; number <= last_runs; ++number) {
      if (interrupted_ || HeldSignals::arrived() || error_) break;
      if (!run(plan, fmt::format("run-{}", number), Keep::if_it_fails, replays)) break;
    }
    line_.clear();
    return replays;
  }

  [[nodiscard]] bool ended() const {
    return interrupted_ || error_ || runs_ >= command_.most_runs || HeldSignals::arrived();
  }
  [[nodiscard]] bool interrupted() const { return interrupted_ || HeldSignals::arrived(); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] std::uint64_t runs() const { return runs_; }

 private:
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

std::string file_text(const FailedRun& failed, const Scenario& small, const Replays& replays) {
  return fmt::format("# Shrunk by 'holdfast shrink' from {}, seed {}: {}.\n# Fails with seed {}: {}.\n\n{}",
                     one_line(failed.plan.scenario.name), failed.plan.seed, size_of(failed.plan.scenario),
                     failed.plan.seed, sentence(replays), to_toml(small));
}

}  // namespace

int carry_out(const ShrinkCommand& command) {
  const auto failed = load_failed_run(command.directory, command.out);
  if (!failed) return complain(failed.error());
  const HeldSignals held;
  const std::string& name = failed->plan.scenario.name;
  auto directory = claim_directory(failed->where, name + "-shrink", DirectoryKind::series);
  if (!directory) return complain(directory.error());

  Search search(command, *failed, directory->path());
  Scenario small = without_other_expectations(failed->plan.scenario, failed->failure);
  const bool fails_at_all = search.still(small);
  if (fails_at_all) {
    small = shrink(
        small, [&](const Scenario& smaller) { return search.still(smaller); },
        [&] { return search.ended(); });
  }
  const Replays replays = fails_at_all ? search.measure(small) : Replays{failed->failure};
  if (search.error()) return complain(*search.error());
  const bool interrupted = search.interrupted();
  held.forget();
  if (!fails_at_all) {
    return complain(
        {Code::failed,
         interrupted
             ? "interrupted before anything was found"
             : fmt::format("{} did not fail by {} in {} of runs: too seldom to be shrunk; "
                           "'holdfast replay' tells how often, and --rate asks for less",
                           command.directory, to_string(failed->failure), format_percent(command.rate))});
  }
  const std::string file_name = name + "-small.toml";
  if (auto written = write_result_file(directory->path() / file_name, file_text(*failed, small, replays));
      !written)
    return complain(written.error());
  if (!command.quiet) {
    const auto shown = shown_path(failed->where, *directory) / file_name;
    fmt::print("{}{}holdfast run {} --seed {}\n",
               wrapped(fmt::format("{}: {}; before, {}. {} were run{}.", one_line(name), size_of(small),
                                   size_of(failed->plan.scenario), format_counted(search.runs(), "plan"),
                                   interrupted ? ", and then the search was interrupted" : ""),
                       80, "", "  "),
               wrapped(sentence(replays), 80, "  ", "  "), shown.string(), failed->plan.seed);
  }
  return interrupted ? 2 : 0;
}

}  // namespace holdfast
