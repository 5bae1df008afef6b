// From checks, doubts and expectations to one verdict and the sentences that justify it.
#pragma once

#include <string>
#include <vector>

#include "harness/history/doubt.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Whether `summary` meets `expectation`; a figure without data misses it.
ExpectationResult evaluate(const Expectation& expectation, const Summary& summary);

// What can make a run inconclusive, apart from its figures.
struct RunState {
  bool complete = true;  // it reached its end
  bool interrupted = false;
  bool timed_out = false;
  std::vector<Doubt> doubts;
};

struct Judgement {
  RunVerdict verdict = RunVerdict::inconclusive;
  std::vector<std::string> reasons;  // never empty
};

// A failed check outranks everything: what was seen to be lost stays lost, however doubtful the rest. Next comes
// anything that makes the run inconclusive. A missed expectation fails a run only if the run is conclusive:
// untrustworthy figures cannot miss a threshold. `summary` must have its checks, expectations and counts filled in.
Judgement judge(const Summary& summary, const RunState& state);

// "success_rate.lower is 0.91 (required: at least 0.98)"
std::string expectation_sentence(const ExpectationResult& result);

// The gravest failed check that is not waived, or nullptr.
const Finding* gravest_failure(const Summary& summary);
const Finding* gravest_failure(const std::vector<Finding>& findings);

// A check's title in checklists; for a check unknown to this version, its name.
std::string check_title(const std::string& name);

}  // namespace holdfast
