#include "reports/testing/example_trials.h"

#include <fmt/format.h>

namespace holdfast {
namespace {

Trial example_trial(const TrialsPlan& plan, std::size_t variant, std::uint64_t seed, char letter) {
  Trial trial;
  trial.variant = variant;
  trial.seed = seed;
  trial.directory = trial_directory(plan, variant, seed);
  const std::string& name = plan.variants[variant].name;
  trial.command =
      fmt::format("holdfast run lockstep{} --seed {}", name.empty() ? "" : " --variant " + name, seed);
  trial.store = "unlocked";
  trial.policy = "up to 5 retries, waits of 100 ms doubling each time";
  trial.agents_total = 8;
  trial.attempted = 16;
  trial.duration_s = 3.5;
  trial.retries = 40 + seed;
  trial.refusals = 50 + seed;
  const std::uint64_t lost = letter == 'p' ? 0 : letter == 'i' ? 1 : 2;
  trial.agents_succeeded = 8 - lost;
  trial.ok = 16 - lost;
  trial.failed = letter == 'i' ? 0 : lost;
  trial.unknown = letter == 'i' ? lost : 0;
  trial.latency_p50_ms = 1600.0 + 10 * static_cast<double>(variant) + static_cast<double>(seed * seed % 7);
  trial.latency_p99_ms = 3100.5;
  trial.waived = {{"lost", letter == 'p' ? Verdict::pass : Verdict::fail, 128, lost, std::nullopt,
                   "without a lock, updates are lost"}};
  switch (letter) {
    case 'p':
      trial.verdict = RunVerdict::pass;
      trial.exit_code = 0;
      trial.reason = "16 of 16 broadcasts acknowledged; 6 checks passed; waived: lost";
      break;
    case 'f':
      trial.verdict = RunVerdict::fail;
      trial.exit_code = 1;
      trial.reason = "delivered: 6 of 8 agents succeeded; agent 3's broadcast 3-1 failed at 3.102 s";
      break;
    case 'm':
      trial.verdict = RunVerdict::fail;
      trial.exit_code = 3;
      trial.reason = "expectation missed: 'failed' is 2 (required: exactly 0)";
      break;
    default:
      trial.verdict = RunVerdict::inconclusive;
      trial.exit_code = 2;
      trial.reason = "the run was interrupted";
      break;
  }
  return trial;
}

}  // namespace

TrialsPlan example_trials_plan(const std::vector<std::string>& variants, std::uint64_t trials,
                               StopRule stop) {
  TrialsPlan plan;
  plan.scenario = "lockstep";
  plan.title = "Eight writers behind one holder";
  plan.version = "0.1.0";
  plan.kernel = "Linux 6.1.0-18-amd64 x86_64";
  plan.filesystem = "ext4";
  plan.started_at = "2024-05-01T12:00:00Z";
  plan.command = fmt::format("holdfast run lockstep --seed 1 --trials {}", trials);
  plan.trials = trials;
  plan.stop = stop;
  for (const std::string& name : variants) {
    const bool judged = !name.starts_with('!');
    plan.variants.push_back({judged ? name : name.substr(1), judged, {}});
    if (!name.empty())
      plan.variants.back().settings = {"subject.retry.jitter = " + plan.variants.back().name};
  }
  return plan;
}

std::vector<Trial> example_trials(const TrialsPlan& plan, const std::vector<std::string>& letters) {
  std::vector<Trial> trials;
  for (std::size_t variant = 0; variant < letters.size(); ++variant) {
    for (std::size_t at = 0; at < letters[variant].size(); ++at)
      trials.push_back(example_trial(plan, variant, plan.seed + at, letters[variant][at]));
  }
  return trials;
}

TrialsSummary example_lockstep() {
  const TrialsPlan plan = example_trials_plan({"!fixed", "equal"}, 20, StopRule::after_all);
  return summarise_trials(plan, example_trials(plan, {"mmmmmmmpmmmmmmmmmmmm", "pppppppppppppppppppp"}));
}

TrialsSummary example_until_fail() {
  const TrialsPlan plan = example_trials_plan({""}, 1000, StopRule::first_failure);
  return summarise_trials(plan, example_trials(plan, {"pppf"}));
}

TrialsSummary example_until_sure() {
  const TrialsPlan plan = example_trials_plan({"!fixed", "equal", "full"}, 1000, StopRule::when_sure);
  return summarise_trials(plan,
                          example_trials(plan, {std::string(72, 'f'), std::string(72, 'p'), "pffffff"}));
}

TrialsSummary example_cut_short() {
  const TrialsPlan plan = example_trials_plan({""}, 40, StopRule::after_all);
  return summarise_trials(plan, example_trials(plan, {"ppppppi"}));
}

TrialsSummary example_hostile_trials(const std::string& text) {
  TrialsPlan plan = example_trials_plan({"!fixed", "equal"}, 20, StopRule::after_all);
  plan.scenario = plan.title = plan.version = plan.kernel = plan.filesystem = plan.started_at = plan.command =
      text;
  for (TrialsVariant& variant : plan.variants) {
    variant.name = text;
    variant.settings = {text, text};
  }
  auto trials = example_trials(plan, {"mmi", "ppf"});
  for (Trial& trial : trials) {
    trial.reason = trial.directory = trial.command = trial.store = trial.policy = text;
    for (Finding& finding : trial.waived) finding.name = *(finding.waived = text);
  }
  return summarise_trials(std::move(plan), std::move(trials));
}

}  // namespace holdfast
