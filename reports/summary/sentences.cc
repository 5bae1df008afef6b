#include "reports/summary/sentences.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/check_names.h"
#include "harness/sharing/windows_codes.h"
#include "reports/format/number_format.h"

namespace holdfast {
namespace {

std::string share_sentence(std::uint64_t part, std::uint64_t whole, const Interval& interval) {
  if (whole == 0) return "";
  const double share = static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format(" ({}; 95 % interval {})", format_percent(share), format_interval(interval));
}

}  // namespace

std::string evidence_words(double p) {
  if (p < 0.001) return "strong evidence of a difference";
  if (p < 0.05) return "evidence of a difference";
  if (p < 1) return "no clear evidence of a difference";
  return "no evidence of a difference";
}

std::string verdict_word(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::pass:
      return "PASS";
    case RunVerdict::fail:
      return "FAIL";
    case RunVerdict::inconclusive:
      break;
  }
  return "INCONCLUSIVE";
}

std::string headline(const Summary& summary) {
  const std::string name =
      summary.variant.empty() ? summary.scenario : fmt::format("{} ({})", summary.scenario, summary.variant);
  return summary.title.empty() ? name : name + ": " + summary.title;
}

std::string broadcasts_sentence(const Summary& summary) {
  std::string sentence = fmt::format("{} of {} acknowledged{}", format_count(summary.ok),
                                     format_counted(summary.attempted, "broadcast"),
                                     share_sentence(summary.ok, summary.attempted, summary.ci95));
  if (summary.failed > 0) sentence += fmt::format(", {} failed", format_count(summary.failed));
  if (summary.unknown > 0)
    sentence += fmt::format(", {} may or may not have been done", format_count(summary.unknown));
  if (summary.attempted < summary.planned) {
    sentence += fmt::format(", {} never attempted", format_count(summary.planned - summary.attempted));
  }
  return sentence;
}

std::string agents_sentence(const Summary& summary) {
  return fmt::format(
      "{} of {} succeeded{}; success means every broadcast acknowledged and delivered exactly once, and "
      "every read answered",
      format_count(summary.agents_succeeded), format_counted(summary.agents_total, "agent"),
      share_sentence(summary.agents_succeeded, summary.agents_total,
                     clopper_pearson(summary.agents_succeeded, summary.agents_total, 0.95)));
}

std::string evidence_sentence(const Summary& summary) {
  if (summary.attempted == 0) return "Nothing was attempted, so this run shows nothing.";
  const std::string claim = fmt::format(
      "To claim {}, you need {} broadcasts without a failure ({} confidence, one-sided)",
      format_percent(claimed_rate), format_count(summary.runs_needed), format_percent(claimed_confidence));
  std::string sentence;
  if (summary.ok < summary.attempted) {
    sentence = fmt::format("{}; in this run {} of {} failed or are unknown.", claim,
                           format_count(summary.attempted - summary.ok), format_count(summary.attempted));
  } else if (summary.ok >= summary.runs_needed) {
    sentence = fmt::format("{}; this run had {}.", claim, format_count(summary.ok));
  } else {
    sentence = fmt::format("{} without a failure {} only that the success rate is at least {}. {}.",
                           format_counted(summary.ok, "broadcast"), summary.ok == 1 ? "shows" : "show",
                           format_percent(rate_shown_by(summary.ok, claimed_confidence)), claim);
  }
  if (summary.agents_total > 0 && summary.agents_succeeded == summary.agents_total) {
    const Interval agents = clopper_pearson(summary.agents_total, summary.agents_total, 0.95);
    if (agents.lower < 0.95) {
      sentence +=
          fmt::format(" {} of {} agents is little evidence on its own: the true rate could be as low as {}.",
                      format_count(summary.agents_total), format_count(summary.agents_total),
                      format_percent(agents.lower));
    }
  }
  return sentence +
         " Broadcasts in one run share its faults, so the real uncertainty is larger than the interval "
         "shows.";
}

std::string budget_sentence(const Summary& summary) {
  std::uint64_t most = 0;
  for (const auto& [retries, broadcasts] : summary.retry_histogram) {
    if (broadcasts > 0) most = std::max(most, retries);
  }
  std::string planned =
      summary.policy.empty() ? "The scenario states no policy" : "Policy: " + summary.policy;
  if (!summary.policy.empty() && summary.planned_budget_ms > 0)
    planned += fmt::format("; at most {} of waiting in total", format_ms(summary.planned_budget_ms));
  planned += ".";
  if (most == 0) return planned + " No broadcast was retried.";
  return fmt::format("{} Observed: at most {} and {} of waiting.", planned,
                     format_counted(most, "retry", "retries"), format_ms(summary.waits_ms.max));
}

std::string refusals_sentence(const Summary& summary) {
  if (summary.refusals == 0) return "no call was refused";
  std::string codes;
  for (const auto& [code, count] : summary.refusals_by_code) {
    codes += fmt::format("{}{} with WinError {}", codes.empty() ? "" : ", ", format_count(count),
                         windows_code(code));
  }
  return fmt::format("{} refused: {}", format_counted(summary.refusals, "call"), codes);
}

// "5 of 8 agents succeeded", "3 of 1,600 out of order", "failed for 1 of 8"
static std::string failure_count(const Finding& finding) {
  const CheckRow* const row = find_check(finding.name);
  if (row != nullptr && !row->succeeds.empty()) {
    return fmt::format("{} of {} succeeded",
                       format_count(finding.checked - std::min(finding.count, finding.checked)),
                       format_counted(finding.checked, std::string(row->succeeds)));
  }
  const std::string count =
      fmt::format("{} of {}", format_count(finding.count), format_count(finding.checked));
  if (row == nullptr || row->damage.empty()) return "failed for " + count;
  return row->damage == finding.name ? count : fmt::format("{} {}", count, row->damage);
}

std::string failure_sentence(const Finding& finding) {
  return fmt::format("{}: {}", finding.name, failure_count(finding));
}

std::string waived_sentence(const Finding& finding) {
  const std::string found = finding.verdict == Verdict::fail
                                ? failure_sentence(finding)
                                : fmt::format("{}: {}", finding.name, to_string(finding.verdict));
  return fmt::format("{}{}; waived: {}", found, finding.witness ? "; " + *finding.witness : "",
                     finding.waived.value_or(""));
}

std::string injector_sentence(const InjectorSummary& injector) {
  std::string sentence = fmt::format("{} of {} fired", format_count(injector.fired),
                                     format_counted(injector.planned, "planned fault"));
  if (injector.fired < injector.min_fired) {
    sentence += fmt::format(", fewer than the {} required", format_count(injector.min_fired));
  }
  if (injector.hold_ms.max > 0) {
    sentence += fmt::format("; each held its file for {} (median), {} at most",
                            format_ms(injector.hold_ms.p50), format_ms(injector.hold_ms.max));
  }
  if (!injector.calls.empty()) {
    sentence += injector.visited >= injector.calls.size()
                    ? fmt::format("; killed before each of the {} of a save",
                                  format_counted(injector.calls.size(), "file call"))
                    : fmt::format("; killed before {} of the {} of a save", format_count(injector.visited),
                                  format_counted(injector.calls.size(), "file call"));
  }
  if (injector.made_wait > 0) {
    sentence += fmt::format("; made {} wait, for at most {}", format_counted(injector.made_wait, "call"),
                            format_ms(injector.made_wait_max_ms));
  }
  if (injector.cut_short > 0) {
    sentence +=
        fmt::format("; {} cut short, of which {} were delivered anyway",
                    format_counted(injector.cut_short, "broadcast"), format_count(injector.recovered));
  }
  return sentence;
}

std::string planned_wait(const RetryStep& step) {
  if (!step.planned) return "not planned";
  if (step.planned_least_ms == step.planned_greatest_ms) return format_ms(step.planned_least_ms);
  return format_ms(step.planned_least_ms) + " to " + format_ms(step.planned_greatest_ms);
}

std::string windows_code(std::uint16_t code) {
  const WindowsCode* row = find_windows_code(code);
  return row == nullptr ? std::to_string(code) : fmt::format("{} ({})", code, row->words);
}

std::string pids_text(const std::vector<std::int32_t>& pids, std::size_t at_most) {
  std::string text;
  for (std::size_t at = 0; at < std::min(pids.size(), at_most); ++at) {
    text += fmt::format("{}{}", at == 0 ? "" : " ", pids[at]);
  }
  return pids.size() > at_most ? text + " …" : text;
}

std::string quantiles_sentence(const Quantiles& quantiles) {
  return fmt::format("p50 {}, p90 {}, p99 {}, max {}", format_ms(quantiles.p50), format_ms(quantiles.p90),
                     format_ms(quantiles.p99), format_ms(quantiles.max));
}

static std::string opens_sentence(const Summary& summary) {
  if (summary.opens.empty()) return {};
  std::string how = summary.opens == "decided"
                        ? "checked against the rules, so no open can overlap a rename of its file"
                        : "checked against the rules for injectors, not trapped for the subject";
  if (!summary.exactness) return how;
  const auto& [decided, missed] = *summary.exactness;
  if (missed == 0)
    return how + fmt::format("; no refusal was missed in {}",
                             format_counted(decided, "rename or removal", "renames and removals"));
  return how + fmt::format("; {} of {} renames and removals should have been refused but were not",
                           format_count(missed), format_count(decided));
}

std::vector<EnvironmentLine> environment(const Summary& summary) {
  const std::string rules = summary.rules == "windows" && !summary.profile.empty()
                                ? fmt::format("windows, with files opened as {} opens them", summary.profile)
                                : summary.rules;
  std::vector<EnvironmentLine> lines{
      {"Store", summary.store},
      {"Retry policy", summary.policy},
      {"Sharing rules", rules},
      {"Opens", opens_sentence(summary)},
      {"Seed", std::to_string(summary.seed)},
      {"Started", summary.started_at},
      {"Took", fmt::format("{:.1f} s", summary.duration_s)},
      {"Kernel", summary.kernel},
      {"Filesystem", summary.filesystem},
      {"Holdfast", summary.version},
  };
  lines.erase(std::remove_if(lines.begin(), lines.end(), [](const auto& line) { return line.value.empty(); }),
              lines.end());
  return lines;
}

}  // namespace holdfast
