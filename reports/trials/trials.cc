// Which trial comes next, and what all of them together say.
#include "reports/trials/trials.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/format/number_format.h"
#include "reports/statistics/confidence_sequence.h"
#include "reports/statistics/fisher.h"
#include "reports/statistics/mann_whitney.h"
#include "reports/trials/sentences.h"

namespace holdfast {
namespace {

constexpr double trials_confidence = 0.95;

struct TrialCounts {
  std::uint64_t passed = 0, failed = 0, inconclusive = 0;
  [[nodiscard]] std::uint64_t all() const { return passed + failed + inconclusive; }
};

std::vector<TrialCounts> counts_of(const TrialsPlan& plan, const std::vector<Trial>& trials) {
  std::vector<TrialCounts> counts(plan.variants.size());
  for (const Trial& trial : trials) {
    TrialCounts& count = counts.at(trial.variant);
    ++(trial.verdict == RunVerdict::pass   ? count.passed
       : trial.verdict == RunVerdict::fail ? count.failed
                                           : count.inconclusive);
  }
  return counts;
}

// An inconclusive trial may have been either: "good" must hold if all of them failed, "bad" if all passed.
SprtDecision decide(const TrialsPlan& plan, const TrialCounts& counts) {
  if (plan.stop != StopRule::when_sure) return SprtDecision::undecided;
  const auto if_failed = sprt_decide(plan.sure, counts.passed, counts.failed + counts.inconclusive);
  if (if_failed == SprtDecision::good) return SprtDecision::good;
  const auto if_passed = sprt_decide(plan.sure, counts.passed + counts.inconclusive, counts.failed);
  return if_passed == SprtDecision::bad ? SprtDecision::bad : SprtDecision::undecided;
}

Interval interval_of(const TrialCounts& counts, bool sequential) {
  const auto interval = [&](std::uint64_t passed) {
    return sequential ? confidence_sequence(passed, counts.all(), trials_confidence)
                      : clopper_pearson(passed, counts.all(), trials_confidence);
  };
  return {interval(counts.passed).lower, interval(counts.passed + counts.inconclusive).upper};
}

std::optional<double> median_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  return quantiles_of(std::move(values)).p50;
}

std::vector<double> median_latencies(const TrialsSummary& summary, std::size_t variant) {
  std::vector<double> values;
  for (const Trial& trial : summary.trials) {
    if (trial.variant == variant && trial.latency_p50_ms) values.push_back(*trial.latency_p50_ms);
  }
  return values;
}

std::vector<WaivedCheck> waived_of(const TrialsSummary& summary, std::size_t variant) {
  std::vector<WaivedCheck> checks;
  for (const Trial& trial : summary.trials) {
    if (trial.variant != variant) continue;
    for (const Finding& finding : trial.waived) {
      auto at = std::find_if(checks.begin(), checks.end(),
                             [&](const WaivedCheck& check) { return check.name == finding.name; });
      if (at == checks.end()) at = checks.insert(at, {finding.name, finding.waived.value_or("")});
      ++at->trials;
      if (finding.verdict == Verdict::fail) ++at->failed;
    }
  }
  return checks;
}

VariantResult result_of(const TrialsSummary& summary, std::size_t variant, const TrialCounts& counts) {
  VariantResult result;
  result.passed = counts.passed;
  result.failed = counts.failed;
  result.inconclusive = counts.inconclusive;
  result.interval = interval_of(counts, summary.sequential);
  if (summary.plan.variants[variant].judged) result.decision = decide(summary.plan, counts);
  std::vector<double> p99s;
  for (const Trial& trial : summary.trials) {
    if (trial.variant != variant) continue;
    if (result.store.empty()) {
      result.store = trial.store;
      result.policy = trial.policy;
    }
    result.agents_total += trial.agents_total;
    result.agents_succeeded += trial.agents_succeeded;
    result.attempted += trial.attempted;
    result.ok += trial.ok;
    result.failed_broadcasts += trial.failed;
    result.unknown += trial.unknown;
    result.retries += trial.retries;
    result.refusals += trial.refusals;
    if (trial.latency_p99_ms) p99s.push_back(*trial.latency_p99_ms);
  }
  result.latency_p50_ms = median_of(median_latencies(summary, variant));
  result.latency_p99_ms = median_of(std::move(p99s));
  result.waived = waived_of(summary, variant);
  return result;
}

VariantComparison compare_with_first(const TrialsSummary& summary, std::size_t variant) {
  VariantComparison comparison;
  comparison.variant = variant;
  if (summary.sequential) return comparison;
  const VariantResult& first = summary.variants.front();
  const VariantResult& other = summary.variants[variant];
  comparison.fisher_p = fisher_exact({first.passed, first.failed, other.passed, other.failed});
  const auto first_ms = median_latencies(summary, 0);
  const auto other_ms = median_latencies(summary, variant);
  if (first_ms.empty() || other_ms.empty()) return comparison;
  const MannWhitney test = mann_whitney(other_ms, first_ms);
  comparison.latency_p = test.p;
  comparison.superiority = test.superiority;
  return comparison;
}

// The worst of the judged trials by itself; see trials.h and the exit codes in docs/reference/exit-codes.md.
void conclude(TrialsSummary& summary) {
  int failed_as = 0;
  bool inconclusive = !summary.complete;
  for (const Trial& trial : summary.trials) {
    if (!summary.plan.variants[trial.variant].judged) continue;
    if (trial.verdict == RunVerdict::fail && failed_as != 1) failed_as = trial.exit_code;
    if (trial.verdict == RunVerdict::inconclusive) inconclusive = true;
  }
  if (summary.plan.stop == StopRule::when_sure) {
    // Single trials may fail: the test decides.
    failed_as = 0;
    inconclusive = false;
    for (std::size_t at = 0; at < summary.variants.size(); ++at) {
      if (!summary.plan.variants[at].judged) continue;
      if (summary.variants[at].decision == SprtDecision::bad) failed_as = 1;
      if (summary.variants[at].decision == SprtDecision::undecided) inconclusive = true;
    }
  }
  summary.verdict = failed_as != 0 ? RunVerdict::fail
                    : inconclusive ? RunVerdict::inconclusive
                                   : RunVerdict::pass;
  summary.exit_code = failed_as != 0 ? failed_as : inconclusive ? 2 : 0;
}

}  // namespace

Trial trial_of(const Summary& summary, std::size_t variant, std::string directory) {
  Trial trial;
  trial.variant = variant;
  trial.seed = summary.seed;
  trial.verdict = summary.verdict;
  trial.exit_code = exit_code(summary);
  trial.reason = summary.reasons.empty() ? "" : summary.reasons.front();
  trial.directory = std::move(directory);
  trial.command = summary.command;
  trial.store = summary.store;
  trial.policy = summary.policy;
  trial.agents_total = summary.agents_total;
  trial.agents_succeeded = summary.agents_succeeded;
  trial.attempted = summary.attempted;
  trial.ok = summary.ok;
  trial.failed = summary.failed;
  trial.unknown = summary.unknown;
  trial.retries = total_retries(summary);
  trial.refusals = summary.refusals;
  if (summary.ok > 0) {
    trial.latency_p50_ms = summary.latency_ms.p50;
    trial.latency_p99_ms = summary.latency_ms.p99;
  }
  trial.duration_s = summary.duration_s;
  std::copy_if(summary.checks.begin(), summary.checks.end(), std::back_inserter(trial.waived),
               [](const Finding& finding) { return finding.waived.has_value(); });
  return trial;
}

std::string trial_directory(const TrialsPlan& plan, std::size_t variant, std::uint64_t seed) {
  const std::string& name = plan.variants.at(variant).name;
  return name.empty() ? fmt::format("seed-{}", seed) : fmt::format("{}/seed-{}", name, seed);
}

std::optional<NextTrial> next_trial(const TrialsPlan& plan, const std::vector<Trial>& done) {
  const auto counts = counts_of(plan, done);
  std::optional<std::size_t> next;
  bool judged_left = false;
  for (std::size_t at = 0; at < counts.size(); ++at) {
    const bool judged = plan.variants[at].judged;
    if (judged && plan.stop == StopRule::first_failure && counts[at].failed > 0) return std::nullopt;
    const bool decided = judged && decide(plan, counts[at]) != SprtDecision::undecided;
    if (counts[at].all() >= plan.trials || decided) continue;
    judged_left = judged_left || judged;
    if (!next || counts[at].all() < counts[*next].all()) next = at;
  }
  // What is not judged only keeps a sequential test company.
  if (!next || (plan.stop == StopRule::when_sure && !judged_left)) return std::nullopt;
  return NextTrial{*next, plan.seed + counts[*next].all()};
}

TrialsSummary summarise_trials(TrialsPlan plan, std::vector<Trial> trials) {
  TrialsSummary summary;
  std::sort(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) {
    return std::pair(a.seed, a.variant) < std::pair(b.seed, b.variant);
  });
  summary.plan = std::move(plan);
  summary.trials = std::move(trials);
  summary.complete = !next_trial(summary.plan, summary.trials);
  summary.sequential = summary.plan.stop != StopRule::after_all || !summary.complete;
  if (summary.plan.stop == StopRule::when_sure) summary.sure_errors = sprt_errors(summary.plan.sure);
  const auto counts = counts_of(summary.plan, summary.trials);
  for (std::size_t at = 0; at < counts.size(); ++at)
    summary.variants.push_back(result_of(summary, at, counts[at]));
  for (std::size_t at = 1; at < counts.size(); ++at)
    summary.comparisons.push_back(compare_with_first(summary, at));
  conclude(summary);
  summary.reasons = trials_reasons(summary);
  return summary;
}

std::vector<const Trial*> trials_not_passed(const TrialsSummary& summary) {
  std::vector<const Trial*> found;
  for (const Trial& trial : summary.trials) {
    if (trial.verdict != RunVerdict::pass) found.push_back(&trial);
  }
  std::stable_partition(found.begin(), found.end(),
                        [&](const Trial* trial) { return summary.plan.variants[trial->variant].judged; });
  return found;
}

}  // namespace holdfast
