#include "reports/trials/sentences.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/summary/sentences.h"

namespace holdfast {
namespace {

std::string trial_count(std::uint64_t count) {
  return format_counted(count, "trial");
}

// "3 of 20 trials of fixed failed; the first is seed 4: …"
void tell_first(const TrialsSummary& summary, std::size_t variant, RunVerdict verdict, std::uint64_t count,
                const std::string& what, std::vector<std::string>& reasons) {
  if (count == 0) return;
  for (const Trial& trial : summary.trials) {
    if (trial.variant != variant || trial.verdict != verdict) continue;
    const std::string& name = summary.plan.variants[variant].name;
    reasons.push_back(fmt::format("{} of {}{} {}{}seed {}: {}", format_count(count),
                                  trial_count(summary.variants[variant].trials()),
                                  name.empty() ? "" : fmt::format(" of '{}'", name), what,
                                  count == 1 ? ": " : "; the first is ", trial.seed, trial.reason));
    return;
  }
}

std::string sure_sentence(const TrialsSummary& summary, std::size_t variant) {
  const SprtPlan& sure = summary.plan.sure;
  const VariantResult& result = summary.variants[variant];
  const std::string& name = summary.plan.variants[variant].name;
  const std::string label = name.empty() ? "" : name + ": ";
  const std::string seen =
      fmt::format("{}{} of {} passed", label, format_count(result.passed), trial_count(result.trials()));
  switch (result.decision) {
    case SprtDecision::good:
      return fmt::format(
          "{}; the sequential test accepts a pass rate of {} and rejects {} (if the true rate were {}, it "
          "would do so in {} of series)",
          seen, format_percent(sure.rate_good), format_percent(sure.rate_bad), format_percent(sure.rate_bad),
          format_percent(summary.sure_errors.alpha));
    case SprtDecision::bad:
      return fmt::format(
          "{}; the sequential test accepts a pass rate of {} or less and rejects {} (if the true rate were "
          "{}, it would do so in {} of series)",
          seen, format_percent(sure.rate_bad), format_percent(sure.rate_good), format_percent(sure.rate_good),
          format_percent(summary.sure_errors.beta));
    case SprtDecision::undecided:
      break;
  }
  return fmt::format("{}; that is too little for the sequential test to tell {} from {}", seen,
                     format_percent(sure.rate_good), format_percent(sure.rate_bad));
}

std::string passed_sentence(const TrialsSummary& summary) {
  std::string sentence;
  for (std::size_t at = 0; at < summary.variants.size(); ++at) {
    const TrialsVariant& variant = summary.plan.variants[at];
    const VariantResult& result = summary.variants[at];
    sentence += fmt::format("{}{} of {} passed{}", sentence.empty() ? "" : "; ",
                            variant.name.empty() ? format_count(result.passed)
                                                 : fmt::format("{}: {}", variant.name, result.passed),
                            trial_count(result.trials()), variant.judged ? "" : " (not judged)");
  }
  return sentence;
}

std::string maybe_ms(const std::optional<double>& ms) {
  return ms ? format_ms(*ms) : "–";
}

std::string part_of(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{} of {}", format_count(part), format_count(whole));
}

}  // namespace

std::vector<std::string> trials_reasons(const TrialsSummary& summary) {
  std::vector<std::string> reasons;
  if (summary.plan.stop == StopRule::when_sure) {
    for (std::size_t at = 0; at < summary.variants.size(); ++at) {
      if (summary.plan.variants[at].judged) reasons.push_back(sure_sentence(summary, at));
    }
  } else {
    for (const auto& [verdict, what] :
         {std::pair{RunVerdict::fail, "failed"}, std::pair{RunVerdict::inconclusive, "inconclusive"}}) {
      for (std::size_t at = 0; at < summary.variants.size(); ++at) {
        const VariantResult& result = summary.variants[at];
        if (!summary.plan.variants[at].judged) continue;
        tell_first(summary, at, verdict, verdict == RunVerdict::fail ? result.failed : result.inconclusive,
                   what, reasons);
      }
    }
  }
  if (!summary.complete) {
    reasons.push_back(fmt::format("the series was cut short after {} of {}{}",
                                  format_count(summary.trials.size()),
                                  summary.plan.stop == StopRule::after_all ? "" : "at most ",
                                  trial_count(summary.plan.trials * summary.plan.variants.size())));
  }
  if (reasons.empty() || summary.plan.variants.size() > 1) reasons.push_back(passed_sentence(summary));
  return reasons;
}

std::string trials_headline(const TrialsSummary& summary) {
  const TrialsPlan& plan = summary.plan;
  return plan.title.empty() ? plan.scenario : plan.scenario + ": " + plan.title;
}

std::string variant_label(const TrialsPlan& plan, std::size_t variant) {
  const std::string& name = plan.variants.at(variant).name;
  return name.empty() ? "trials" : name;
}

static std::string error_rates(const SprtPlan& sure) {
  if (sure.alpha == sure.beta)
    return fmt::format("an error rate of {} in either direction", format_percent(sure.alpha));
  return fmt::format("error rates of {} and {}", format_percent(sure.alpha), format_percent(sure.beta));
}

std::string design_sentence(const TrialsSummary& summary) {
  const TrialsPlan& plan = summary.plan;
  std::string sentence;
  switch (plan.stop) {
    case StopRule::after_all:
      sentence = fmt::format("{} of each variant, fixed in advance.", trial_count(plan.trials));
      if (plan.variants.size() == 1) sentence = trial_count(plan.trials) + ", fixed in advance.";
      break;
    case StopRule::first_failure:
      sentence = fmt::format("Trials until the first failure, at most {} of each variant.",
                             trial_count(plan.trials));
      break;
    case StopRule::when_sure:
      sentence = fmt::format(
          "Trials until a sequential test (Wald's SPRT) can tell a pass rate of {} from one of {}, with {}; "
          "at most {} of each variant.",
          format_percent(plan.sure.rate_good), format_percent(plan.sure.rate_bad), error_rates(plan.sure),
          trial_count(plan.trials));
      break;
  }
  if (!summary.sequential) return sentence + " Intervals are Clopper–Pearson (95 %).";
  const char* const why = summary.complete ? "The number of trials depended on their results"
                                           : "The series was cut short, perhaps because of its results";
  return fmt::format(
      "{} {}, so intervals are confidence sequences (95 %, valid wherever a series stops), and no p is "
      "given.",
      sentence, why);
}

std::string sharing_sentence() {
  return "The trial is the unit: agents and broadcasts in one run share its faults, so their totals are "
         "shown without intervals. Inconclusive trials are left out of the rate but widen its interval.";
}

std::string comparison_sentence(const TrialsSummary& summary, const VariantComparison& comparison) {
  const VariantResult& first = summary.variants.front();
  const VariantResult& other = summary.variants[comparison.variant];
  std::string sentence = fmt::format("{} passed {} of {}, {} {} of {}", variant_label(summary.plan, 0),
                                     format_count(first.passed), trial_count(first.passed + first.failed),
                                     variant_label(summary.plan, comparison.variant),
                                     format_count(other.passed), format_count(other.passed + other.failed));
  if (!comparison.fisher_p) return sentence + ".";
  const double p = *comparison.fisher_p;
  sentence += fmt::format("; Fisher's exact p {}: {}.", format_p(p), evidence_words(p));
  if (!comparison.latency_p) return sentence + " There are no latencies to compare.";
  return sentence + fmt::format(
                        " Median latency of a trial's acknowledged broadcasts: {} against {}; Mann–Whitney p "
                        "{}; the '{}' trial was slower in {} of pairs.",
                        maybe_ms(first.latency_p50_ms), maybe_ms(other.latency_p50_ms),
                        format_p(*comparison.latency_p), variant_label(summary.plan, comparison.variant),
                        format_percent(*comparison.superiority));
}

std::string trial_sentence(const TrialsSummary& summary, const Trial& trial) {
  const std::string& name = summary.plan.variants.at(trial.variant).name;
  return fmt::format("{}seed {}: {}", name.empty() ? "" : name + ", ", trial.seed, trial.reason);
}

std::string keeping_sentence(const TrialsSummary& summary) {
  if (summary.plan.keep_all) return "Every trial is kept whole.";
  return "Trials that did not pass are kept whole; the others keep only plan.json and result.json.";
}

std::vector<std::string> settings_sentences(const TrialsSummary& summary) {
  std::vector<std::string> sentences;
  for (const TrialsVariant& variant : summary.plan.variants) {
    if (variant.settings.empty()) continue;
    sentences.push_back(fmt::format("{}: {}", variant.name, fmt::join(variant.settings, ", ")));
  }
  return sentences;
}

std::vector<std::string> waived_sentences(const TrialsSummary& summary) {
  std::vector<WaivedCheck> told;
  std::vector<std::string> sentences;
  for (const VariantResult& first : summary.variants) {
    for (const WaivedCheck& check : first.waived) {
      const auto same = [&](const WaivedCheck& other) {
        return other.name == check.name && other.reason == check.reason;
      };
      if (std::any_of(told.begin(), told.end(), same)) continue;
      told.push_back(check);
      std::string counts;
      for (std::size_t at = 0; at < summary.variants.size(); ++at) {
        const auto& waived = summary.variants[at].waived;
        const auto found = std::find_if(waived.begin(), waived.end(), same);
        if (found == waived.end()) continue;
        const std::string& name = summary.plan.variants[at].name;
        counts += fmt::format("{}{} of {}{}", counts.empty() ? "" : ", ", format_count(found->failed),
                              trial_count(found->trials), name.empty() ? "" : fmt::format(" of '{}'", name));
      }
      sentences.push_back(
          fmt::format("'{}' failed in {}; the scenario waives it: {}", check.name, counts, check.reason));
    }
  }
  return sentences;
}

std::vector<TableColumn> trials_head() {
  return {{"variant"},
          {"judged"},
          {"trials", Align::right},
          {"passed", Align::right},
          {"failed", Align::right},
          {"inconcl.", Align::right},
          {"rate", Align::right},
          {"95 % interval", Align::right}};
}

TableRows trials_rows(const TrialsSummary& summary) {
  TableRows rows;
  for (std::size_t at = 0; at < summary.variants.size(); ++at) {
    const VariantResult& result = summary.variants[at];
    const std::uint64_t told = result.passed + result.failed;
    rows.push_back(
        {variant_label(summary.plan, at), summary.plan.variants[at].judged ? "yes" : "no",
         format_count(result.trials()), format_count(result.passed), format_count(result.failed),
         format_count(result.inconclusive),
         told == 0 ? "–" : format_percent(static_cast<double>(result.passed) / static_cast<double>(told)),
         format_interval(result.interval)});
  }
  return rows;
}

std::vector<TableColumn> variants_head(const TrialsSummary& summary) {
  std::vector<TableColumn> head{{""}};
  for (std::size_t at = 0; at < summary.variants.size(); ++at)
    head.push_back({one_line(variant_label(summary.plan, at)), Align::right});
  if (summary.comparisons.size() == 1) head.push_back({"p", Align::right});
  return head;
}

TableRows variants_rows(const TrialsSummary& summary) {
  TableRows rows;
  const auto row = [&](const std::string& what, const auto& cell, const std::optional<double>& p = {}) {
    std::vector<std::string> cells{what};
    for (const VariantResult& result : summary.variants) cells.push_back(cell(result));
    if (summary.comparisons.size() == 1) cells.push_back(p ? format_p(*p) : "");
    rows.push_back(std::move(cells));
  };
  const VariantComparison only =
      summary.comparisons.size() == 1 ? summary.comparisons.front() : VariantComparison{};
  row(
      "Trials passed", [](const VariantResult& r) { return part_of(r.passed, r.passed + r.failed); },
      only.fisher_p);
  row("Agents succeeded", [](const VariantResult& r) { return part_of(r.agents_succeeded, r.agents_total); });
  row("Broadcasts ok", [](const VariantResult& r) { return part_of(r.ok, r.attempted); });
  row("Retries", [](const VariantResult& r) { return format_count(r.retries); });
  row("Refusals", [](const VariantResult& r) { return format_count(r.refusals); });
  row(
      "Latency p50", [](const VariantResult& r) { return maybe_ms(r.latency_p50_ms); }, only.latency_p);
  row("Latency p99", [](const VariantResult& r) { return maybe_ms(r.latency_p99_ms); });
  return rows;
}

}  // namespace holdfast
