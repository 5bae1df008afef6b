#include "harness/cli/runs/series.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/clock.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/single_run.h"
#include "harness/cli/terminal/explain.h"
#include "harness/cli/terminal/progress.h"

namespace holdfast {
namespace {

constexpr std::uint64_t usual_most_trials = 1000;  // where a stopping rule ends the series

TrialsPlan trials_plan_of(const RunCommand& command, const std::vector<Variant>& variants,
                          const std::filesystem::path& directory) {
  TrialsPlan plan;
  plan.scenario = variants.front().scenario.name;
  plan.title = variants.front().scenario.title;
  plan.version = HOLDFAST_VERSION;
  plan.kernel = kernel_text();
  plan.filesystem = filesystem_of(directory);
  plan.started_at = now_text();
  plan.seed = command.seed;
  plan.stop = command.until_fail   ? StopRule::first_failure
              : command.until_sure ? StopRule::when_sure
                                   : StopRule::after_all;
  plan.trials = command.trials.value_or(plan.stop == StopRule::after_all ? 1 : usual_most_trials);
  plan.sure = command.sure;
  plan.keep_all = command.keep_all;
  for (const Variant& variant : variants)
    plan.variants.push_back({variant.name, variant.judged, variant.settings});

  plan.command = command_of(command, command.variant.value_or(""), command.seed);
  if (command.trials) plan.command += fmt::format(" --trials {}", *command.trials);
  if (command.until_fail) plan.command += " --until-fail";
  if (command.until_sure) {
    plan.command += fmt::format(" --until-sure --sure-rate {} --sure-against {} --sure-error {}",
                                plan.sure.rate_good, plan.sure.rate_bad, plan.sure.alpha);
  }
  if (command.keep_all) plan.command += " --keep all";
  return plan;
}

// "trial 3 of 40 (fixed, seed 2), 1 not passed, about 2 min left: 4 s, broadcasting: …"
class SeriesProgress {
 public:
  SeriesProgress(const RunCommand& command, const TrialsPlan& plan) : line_(command.quiet), plan_(plan) {}

  void begin(const NextTrial& next, const std::vector<Trial>& done) {
    const std::uint64_t most = plan_.trials * plan_.variants.size();
    const std::string& name = plan_.variants[next.variant].name;
    const auto not_passed = std::count_if(
        done.begin(), done.end(), [](const Trial& trial) { return trial.verdict != RunVerdict::pass; });
    prefix_ = fmt::format("trial {} of {}{} ({}seed {}), {} not passed", done.size() + 1,
                          plan_.stop == StopRule::after_all ? "" : "at most ", most,
                          name.empty() ? "" : name + ", ", next.seed, not_passed);
    if (!done.empty() && plan_.stop == StopRule::after_all) {
      const double each_s = elapsed_s() / static_cast<double>(done.size());
      prefix_ +=
          fmt::format(", about {} left", time_left_text(each_s * static_cast<double>(most - done.size())));
    }
  }
  void show(const Progress& progress) { line_.show(prefix_ + ": " + progress_text(progress), elapsed_s()); }
  void clear() { line_.clear(); }

 private:
  [[nodiscard]] double elapsed_s() const { return static_cast<double>(monotonic_ns() - begun_ns_) * 1e-9; }

  ProgressLine line_;
  const TrialsPlan& plan_;
  std::string prefix_;
  std::int64_t begun_ns_ = monotonic_ns();
};

struct OneTrial {
  Trial trial;
  RunEnding ending = RunEnding::finished;
};

Result<OneTrial> run_trial(const SingleRun& run, const TrialsPlan& plan, const NextTrial& next,
                           const std::filesystem::path& series) {
  const std::string name = trial_directory(plan, next.variant, next.seed);
  auto directory = RunDirectory::create(series / name, DirectoryKind::run);
  if (!directory) return fail(directory.error());
  const auto outcome = perform(run, *directory);
  if (!outcome) return fail(outcome.error());
  OneTrial one{trial_of(outcome->summary, next.variant, name), outcome->ending};
  if (one.trial.verdict == RunVerdict::pass && !plan.keep_all) {
    if (auto thinned = thin_out(directory->path()); !thinned) return fail(thinned.error());
  }
  return one;
}

}  // namespace

int run_series(const RunCommand& command, const std::vector<Variant>& variants, const HeldSignals& held) {
  if (auto sound = check_sprt_plan(command.sure); !sound) {
    return complain(sound.error().within("--sure-rate, --sure-against and --sure-error"));
  }
  if (command.seed > UINT64_MAX - most_trials) {
    return complain(
        {Code::invalid, fmt::format("--seed {}: trials count their seeds up from it, and would pass "
                                    "the largest one: choose a smaller seed",
                                    command.seed)});
  }
  const auto executable = own_executable();
  if (!executable) return complain(executable.error());
  auto directory = claim_directory(command, variants.front().scenario.name, DirectoryKind::series);
  if (!directory) return complain(directory.error());
  const TrialsPlan plan = trials_plan_of(command, variants, directory->path());
  if (auto written = write_result_file(directory->path() / "trials-plan.json", to_json(plan)); !written) {
    directory->discard();
    return complain(written.error());
  }

  SeriesProgress progress(command, plan);
  std::vector<Trial> done;
  while (const auto next = next_trial(plan, done)) {
    // Before the first trial it is left to that one, so that there is something to judge.
    if (!done.empty() && held.arrived()) break;
    progress.begin(*next, done);
    auto one = run_trial({command, variants[next->variant], next->seed, *executable,
                          [&](const Progress& run) { progress.show(run); }},
                         plan, *next, directory->path());
    if (!one) {
      progress.clear();
      if (one.error().code == Code::unsupported) {  // the trial took back its own
        std::error_code ignored;
        for (const Variant& variant : variants)
          if (!variant.name.empty()) std::filesystem::remove(directory->path() / variant.name, ignored);
        directory->discard();
      }
      return complain(one.error());
    }
    done.push_back(std::move(one->trial));
    if (one->ending == RunEnding::interrupted) break;
  }
  progress.clear();
  const auto summary = judge_trials(directory->path(), Judging::stored);
  if (!summary) return complain(summary.error());
  if (!command.quiet || command.json) show(*summary, shown_path(command, *directory), command.json);
  return explained(summary->exit_code, summary->reasons);
}

}  // namespace holdfast
