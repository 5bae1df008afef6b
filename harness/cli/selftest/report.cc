#include "harness/cli/selftest/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/format/number_format.h"
#include "reports/format/terminal_page.h"
#include "reports/statistics/quantiles.h"

namespace holdfast {
namespace {

std::string conclusion(const SelfTest& test) {
  const auto found =
      static_cast<std::uint64_t>(std::count_if(test.mutants.begin(), test.mutants.end(), always_found));
  std::uint64_t seeds = 0, at_once = 0;
  for (const MutantResult& result : test.mutants) {
    const Detection detection = detection_of(result);
    seeds += detection.seeds;
    at_once += detection.at_once;
  }
  std::string text =
      fmt::format("{} of {} found", format_count(found), format_counted(test.mutants.size(), "planted bug"));
  if (test.seeds > 1) text += fmt::format(" with each of {} seeds", format_count(test.seeds));
  if (seeds > 0) {
    text += fmt::format(" ({} of {} at the first attempt; median {:.1f} s)", format_count(at_once),
                        format_count(seeds), median_seconds(test));
  }
  if (const CauseTally causes = causes_of(test); causes.runs > 0)
    text += fmt::format("; the cause was named in {} of {} and right in {}", format_count(causes.named),
                        format_count(causes.runs), format_count(causes.right));
  const RightTally tally = tally_of(test);
  text += fmt::format("; {} in {} of correct subjects, {} inconclusive",
                      format_counted(tally.alarms, "false alarm"), format_counted(tally.runs, "run"),
                      format_count(tally.inconclusive));
  if (tally.again > 0) {
    text += fmt::format("; {} because other programs kept the machine busy",
                        format_counted(tally.again, "run was repeated", "runs were repeated"));
  }
  return text;
}

void show_mutants(const SelfTest& test, TerminalPage& page) {
  page.heading("Planted bugs");
  TableRows rows, widened;
  for (const MutantResult& result : test.mutants) {
    const Mutant& mutant = result.mutant;
    const Detection detection = detection_of(result);
    rows.push_back({mutant.subject.name, fmt::format("{} of {}", detection.at_once, detection.seeds),
                    format_interval(detection.rate), fmt::format("{}", detection.found - detection.at_once),
                    fmt::format("{}", fmt::join(mutant.must_fail, ", ")),
                    result.runs.empty() || result.runs.front().attempts.empty()
                        ? std::string()
                        : result.runs.front().attempts.back().cause});
    if (!mutant.widened.empty()) widened.push_back({mutant.subject.name, mutant.widened});
  }
  page.table({{"bug"},
              {"at once", Align::right},
              {"95 % interval", Align::right},
              {"later", Align::right},
              {"by"},
              {"cause"}},
             rows);
  page.paragraph(
      fmt::format("at once: seeds with which the first attempt found it, with the interval of that rate; "
                  "later: seeds with which one of {} more attempts did.",
                  format_count(test.attempts - 1)));
  if (widened.empty()) return;
  page.heading("What widened the window");
  page.table({{"bug"}, {"rule"}}, widened);
}

void show_right(const SelfTest& test, TerminalPage& page) {
  page.heading("Correct subjects");
  TableRows rows;
  for (const RightResult& result : test.right) {
    const RightTally tally = tally_of(result);
    rows.push_back({result.subject.name, result.subject.file.stem().string(), fmt::format("{}", tally.runs),
                    fmt::format("{}", tally.passed), fmt::format("{}", tally.alarms),
                    fmt::format("{}", tally.inconclusive), fmt::format("{}", tally.again),
                    fmt::format("{}", fmt::join(result.subject.settings, " "))});
  }
  page.table({{"subject"},
              {"scenario"},
              {"runs", Align::right},
              {"passed", Align::right},
              {"alarms", Align::right},
              {"inconcl.", Align::right},
              {"again", Align::right},
              {"settings"}},
             rows);
}

// Every run that went another way than it should have, with the command that repeats it.
void show_exceptions(const SelfTest& test, TerminalPage& page) {
  const auto show = [&](const std::string& what, const std::string& why, const std::string& command) {
    page.heading(what);
    page.paragraph(why);
    page.raw_line(command);
  };
  for (const MutantResult& result : test.mutants) {
    for (const MutantRun& run : result.runs) {
      for (const Attempt& attempt : run.attempts) {
        if (is_misled(result.mutant, attempt))
          show(fmt::format("Wrong cause: {}, seed {}", result.mutant.subject.name, attempt.seed),
               fmt::format("named {}, but right would be {}", attempt.cause,
                           fmt::join(result.mutant.causes, " or ")),
               attempt.command);
        if (attempt.found) continue;
        show(fmt::format("{}: {}, seed {}", run.found() ? "Missed at first" : "Not found",
                         result.mutant.subject.name, attempt.seed),
             fmt::format("{}: {}", to_string(attempt.verdict), attempt.said), attempt.command);
      }
    }
  }
  for (const RightResult& result : test.right) {
    for (const RightRun& run : result.runs) {
      if (run.verdict == RunVerdict::pass) continue;
      const char* const what = run.verdict == RunVerdict::fail ? "False alarm"
                               : run.outside.empty()           ? "Inconclusive"
                                                               : "Run again";
      show(fmt::format("{}: {} under {}, seed {}", what, result.subject.name,
                       result.subject.file.stem().string(), run.seed),
           run.outside.empty() ? run.reason : fmt::format("{} ({})", run.reason, run.outside), run.command);
    }
  }
}

}  // namespace

bool always_found(const MutantResult& result) {
  return !result.runs.empty() && std::all_of(result.runs.begin(), result.runs.end(),
                                             [](const MutantRun& run) { return run.found(); });
}

Detection detection_of(const MutantResult& result) {
  Detection detection;
  for (const MutantRun& run : result.runs) {
    ++detection.seeds;
    detection.found += run.found() ? 1 : 0;
    detection.at_once += run.found_at_once() ? 1 : 0;
  }
  detection.rate = clopper_pearson(detection.at_once, detection.seeds, 0.95);
  return detection;
}

RightTally tally_of(const RightResult& result) {
  RightTally tally;
  for (const RightRun& run : result.runs) {
    if (!run.outside.empty()) {
      ++tally.again;
      continue;
    }
    ++tally.runs;
    tally.passed += run.verdict == RunVerdict::pass ? 1 : 0;
    tally.alarms += run.verdict == RunVerdict::fail ? 1 : 0;
    tally.inconclusive += run.verdict == RunVerdict::inconclusive ? 1 : 0;
  }
  return tally;
}

RightTally tally_of(const SelfTest& test) {
  RightTally sum;
  for (const RightResult& result : test.right) {
    const RightTally tally = tally_of(result);
    sum.runs += tally.runs;
    sum.passed += tally.passed;
    sum.alarms += tally.alarms;
    sum.inconclusive += tally.inconclusive;
    sum.again += tally.again;
  }
  return sum;
}

bool is_misled(const Mutant& mutant, const Attempt& attempt) {
  return attempt.found && !mutant.causes.empty() && !attempt.cause.empty() &&
         std::find(mutant.causes.begin(), mutant.causes.end(), attempt.cause) == mutant.causes.end();
}

CauseTally causes_of(const SelfTest& test) {
  CauseTally tally;
  for (const MutantResult& result : test.mutants) {
    if (result.mutant.causes.empty()) continue;
    for (const MutantRun& run : result.runs) {
      if (!run.found()) continue;
      const Attempt& attempt = run.attempts.back();
      ++tally.runs;
      tally.named += attempt.cause.empty() ? 0 : 1;
      tally.right += attempt.cause.empty() || is_misled(result.mutant, attempt) ? 0 : 1;
    }
  }
  return tally;
}

double median_seconds(const SelfTest& test) {
  std::vector<double> seconds;
  for (const MutantResult& result : test.mutants) {
    for (const MutantRun& run : result.runs) {
      double sum = 0;
      for (const Attempt& attempt : run.attempts) sum += attempt.seconds;
      if (run.found()) seconds.push_back(sum);
    }
  }
  return quantiles_of(std::move(seconds)).p50;
}

bool only_late(const Summary& summary) {
  constexpr std::array<std::string_view, 3> of_time{"delivered", "bounded-wait", "liveness"};
  return summary.doubts.empty() &&
         std::all_of(summary.checks.begin(), summary.checks.end(), [&](const Finding& finding) {
           return !decides(finding, Verdict::unknown) ||
                  std::find(of_time.begin(), of_time.end(), finding.name) != of_time.end();
         });
}

bool passed(const SelfTest& test) {
  const auto holds = [](const RightResult& result) {
    const RightTally tally = tally_of(result);
    return tally.runs != 0 && tally.passed == tally.runs;
  };
  const CauseTally causes = causes_of(test);
  // A bug can show in two ways, and sometimes the lesser one is found first. Such a cause is listed; nine in ten must be right.
  return causes.right * 10 >= causes.named * 9 &&
         std::all_of(test.mutants.begin(), test.mutants.end(), always_found) &&
         std::all_of(test.right.begin(), test.right.end(), holds) &&
         !(test.mutants.empty() && test.right.empty());
}

std::string render_selftest(const SelfTest& test, bool colour, int columns) {
  TerminalPage page(colour, columns);
  const bool good = passed(test);
  page.labelled(good ? "PASS" : "FAIL", good ? Ink::good : Ink::bad, 6, conclusion(test));
  if (!test.mutants.empty()) show_mutants(test, page);
  if (!test.right.empty()) show_right(test, page);
  show_exceptions(test, page);
  return std::move(page).text();
}

}  // namespace holdfast
