// Runs trials of one or several variants, one after another, and keeps those worth keeping.
//
//   DIR/trials-plan.json   what was to be done, before the first trial
//   DIR/VARIANT/seed-N/    an ordinary run directory for each trial (DIR/seed-N/ without variants);
//                          a trial that passed keeps only plan.json and result.json
//   DIR/trials.json, report.html, report.md, junit.xml
// If killed at any moment, it leaves what judge_trials() reads: `holdfast check DIR` reports what had been done.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/cli/runs/run_command.h"
#include "harness/linux/held_signals.h"
#include "harness/scenario/scenario.h"
#include "reports/trials/trials.h"

namespace holdfast {

// Returns the exit code. A signal held back by `held` ends the current trial, then the series.
int run_series(const RunCommand& command, const std::vector<Variant>& variants, const HeldSignals& held);

bool is_series_directory(const std::filesystem::path& directory);

enum class Judging {
  again,   // from the events of trials that are kept whole
  stored,  // from each trial's result.json
};

// Summarises the trials in `directory`, and writes trials.json, report.html, report.md and junit.xml. The same trials
// give the same bytes.
Result<TrialsSummary> judge_trials(const std::filesystem::path& directory, Judging judging);

// Prints the series for people, or trials.json.
void show(const TrialsSummary& summary, const std::filesystem::path& directory, bool json);

}  // namespace holdfast
