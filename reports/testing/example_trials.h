// Hand-made series for the tests: trials as letters, one string per variant.
#pragma once

#include <string>
#include <vector>

#include "reports/trials/trials.h"

namespace holdfast {

// p passed, f failed a check, m missed an expectation, i inconclusive; the first has seed 1. There are as many
// `variants` as `letters`; a name that begins with '!' is not judged; "" is the scenario's only variant.
TrialsPlan example_trials_plan(const std::vector<std::string>& variants, std::uint64_t trials, StopRule stop);
std::vector<Trial> example_trials(const TrialsPlan& plan, const std::vector<std::string>& letters);

TrialsSummary example_lockstep();    // 20 trials of two variants, the control fails
TrialsSummary example_until_fail();  // stopped at the 4th trial
TrialsSummary example_until_sure();  // decided
TrialsSummary example_cut_short();   // by Ctrl-C, the last trial inconclusive
TrialsSummary example_hostile_trials(const std::string& text);  // every text from outside is `text`

}  // namespace holdfast
