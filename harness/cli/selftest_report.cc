#include "harness/cli/selftest_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/number_format.h"
#include "reports/statistics/quantiles.h"
#include "reports/terminal_page.h"

namespace holdfast {
namespace {

using nlohmann::ordered_json;

std::uint64_t found_in(const MutantResult& result) {
  return static_cast<std::uint64_t>(
      std::count_if(result.runs.begin(), result.runs.end(), [](const MutantRun& run) { return run.found; }));
}

bool always_found(const MutantResult& result) {
  return !result.runs.empty() && found_in(result) == result.runs.size();
}

struct Tally {
  std::uint64_t runs = 0, passed = 0, alarms = 0;
};

Tally tally_of(const SelfTest& test) {
  Tally tally;
  for (const CorrectResult& result : test.correct) {
    for (const CorrectRun& run : result.runs) {
      ++tally.runs;
      tally.passed += run.verdict == RunVerdict::pass ? 1 : 0;
      tally.alarms += run.verdict == RunVerdict::fail ? 1 : 0;
    }
  }
  return tally;
}

double median_seconds(const std::vector<MutantRun>& runs) {
  std::vector<double> seconds;
  seconds.reserve(runs.size());
  for (const MutantRun& run : runs) seconds.push_back(run.seconds);
  std::sort(seconds.begin(), seconds.end());
  return seconds.empty() ? 0 : seconds[(seconds.size() - 1) / 2];
}

double most_seconds(const std::vector<MutantRun>& runs) {
  double most = 0;
  for (const MutantRun& run : runs) most = std::max(most, run.seconds);
  return most;
}

std::string in_s(double seconds) {
  return fmt::format("{:.1f} s", seconds);
}

// The first that shows what happened: a miss, if there is one.
const MutantRun* example_of(const MutantResult& result) {
  if (result.runs.empty()) return nullptr;
  const auto missed =
      std::find_if(result.runs.begin(), result.runs.end(), [](const MutantRun& run) { return !run.found; });
  return missed != result.runs.end() ? &*missed : result.runs.data();
}

std::string conclusion(const SelfTest& test) {
  const auto found =
      static_cast<std::uint64_t>(std::count_if(test.mutants.begin(), test.mutants.end(), always_found));
  std::vector<MutantRun> all;
  for (const MutantResult& result : test.mutants)
    all.insert(all.end(), result.runs.begin(), result.runs.end());
  const Tally tally = tally_of(test);
  std::string text =
      fmt::format("{} of {} found", format_count(found), format_counted(test.mutants.size(), "planted bug"));
  if (test.seeds > 1) text += fmt::format(" with each of {} seeds", format_count(test.seeds));
  text += fmt::format(", in {} at the median and {} at most; {} in {} of stores that are right",
                      in_s(median_seconds(all)), in_s(most_seconds(all)),
                      format_counted(tally.alarms, "false alarm"), format_counted(tally.runs, "run"));
  const std::uint64_t unsure = tally.runs - tally.passed - tally.alarms;
  if (unsure != 0) text += fmt::format(", {} inconclusive", format_count(unsure));
  return text;
}

}  // namespace

bool passed(const SelfTest& test) {
  const Tally tally = tally_of(test);
  return std::all_of(test.mutants.begin(), test.mutants.end(), always_found) && tally.alarms == 0 &&
         (tally.runs == 0 || tally.passed != 0) && (!test.mutants.empty() || tally.runs != 0);
}

std::string to_json(const SelfTest& test) {
  ordered_json json;
  json["schema"] = "holdfast.selftest/1";
  json["seeds"] = test.seeds;
  json["seconds"] = test.seconds;
  json["found"] = std::count_if(test.mutants.begin(), test.mutants.end(), always_found);
  json["alarms"] = tally_of(test).alarms;
  json["passed"] = passed(test);
  json["mutants"] = ordered_json::array();
  for (const auto& [mutant, runs] : test.mutants) {
    ordered_json one = {{"fault", mutant.fault},       {"seen", mutant.seen},
                        {"scenario", mutant.scenario}, {"must_fail", mutant.must_fail},
                        {"widened", mutant.widened},   {"runs", ordered_json::array()}};
    for (const MutantRun& run : runs) {
      one["runs"].push_back({{"seed", run.seed},
                             {"found", run.found},
                             {"seconds", run.seconds},
                             {"attempts", run.attempts},
                             {"failed", run.failed},
                             {"witness", run.witness},
                             {"command", run.command}});
    }
    json["mutants"].push_back(std::move(one));
  }
  json["correct"] = ordered_json::array();
  for (const auto& [store, scenario, settings, runs] : test.correct) {
    ordered_json one = {
        {"store", store}, {"scenario", scenario}, {"settings", settings}, {"runs", ordered_json::array()}};
    for (const CorrectRun& run : runs) {
      one["runs"].push_back({{"seed", run.seed},
                             {"verdict", to_string(run.verdict)},
                             {"reason", run.reason},
                             {"command", run.command}});
    }
    json["correct"].push_back(std::move(one));
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

std::string render_selftest(const SelfTest& test, bool colour, int columns) {
  TerminalPage page(colour, columns);
  const bool good = passed(test);
  page.labelled(good ? "PASS" : "FAIL", good ? Ink::good : Ink::bad, 6, conclusion(test));

  page.heading("Planted bugs");
  TableRows rows;
  for (const MutantResult& result : test.mutants) {
    const MutantRun* const example = example_of(result);
    rows.push_back({result.mutant.fault, fmt::format("{} of {}", found_in(result), result.runs.size()),
                    in_s(median_seconds(result.runs)), in_s(most_seconds(result.runs)),
                    fmt::format("{}", fmt::join(result.mutant.must_fail, ", ")), result.mutant.scenario,
                    example == nullptr ? "" : example->witness});
  }
  page.table({{"bug"},
              {"found", Align::right},
              {"median", Align::right},
              {"most", Align::right},
              {"by"},
              {"scenario"},
              {"witness"}},
             rows);

  page.heading("What widened the window");
  TableRows widened;
  for (const MutantResult& result : test.mutants) {
    if (!result.mutant.widened.empty()) widened.push_back({result.mutant.fault, result.mutant.widened});
  }
  page.table({{"bug"}, {"rule"}}, widened);

  page.heading("Stores that are right");
  TableRows correct;
  for (const CorrectResult& result : test.correct) {
    const auto count = [&](RunVerdict verdict) {
      return std::count_if(result.runs.begin(), result.runs.end(),
                           [&](const CorrectRun& run) { return run.verdict == verdict; });
    };
    correct.push_back({result.store, result.scenario, fmt::format("{}", result.runs.size()),
                       fmt::format("{}", count(RunVerdict::fail)),
                       fmt::format("{}", count(RunVerdict::inconclusive)),
                       fmt::format("{}", fmt::join(result.settings, " "))});
  }
  page.table({{"store"},
              {"scenario"},
              {"runs", Align::right},
              {"alarms", Align::right},
              {"inconcl.", Align::right},
              {"settings"}},
             correct);

  const auto show_again = [&](const std::string& what, const std::string& why, const std::string& command) {
    page.heading(what);
    page.paragraph(why);
    page.raw_line(command);
  };
  for (const MutantResult& result : test.mutants) {
    const MutantRun* const example = example_of(result);
    if (example != nullptr && !example->found)
      show_again(fmt::format("Not found: {}, seed {}", result.mutant.fault, example->seed), example->witness,
                 example->command);
  }
  for (const CorrectResult& result : test.correct) {
    for (const CorrectRun& run : result.runs) {
      if (run.verdict == RunVerdict::pass) continue;
      const char* const what = run.verdict == RunVerdict::fail ? "False alarm" : "Inconclusive";
      show_again(fmt::format("{}: {} under {}, seed {}", what, result.store, result.scenario, run.seed),
                 run.reason, run.command);
    }
  }
  return std::move(page).text();
}

}  // namespace holdfast
