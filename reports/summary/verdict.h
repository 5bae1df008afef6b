// From checks, doubts and expectations to one verdict and the sentences that justify it.
#pragma once

#include <string>
#include <vector>

#include "harness/history/doubt.h"
#include "reports/summary/summary.h"

namespace holdfast {

// Whether `expectation` holds of `summary`; a figure without data misses it.
ExpectationResult evaluate(const Expectation& expectation, const Summary& summary);

// What a run was, apart from its figures, that keeps it from being judged.
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

// A failed check outranks everything: what was seen to be lost stays lost, however doubtful the rest. Then
// whatever makes the run inconclusive. A missed expectation fails a run only if it is conclusive: figures
// that cannot be trusted cannot miss a threshold either. `summary` has its checks, expectations and counts
// filled in.
Judgement judge(const Summary& summary, const RunState& state);

// "success_rate.lower shall be at least 0.98, and is 0.91"
std::string expectation_sentence(const ExpectationResult& result);

// The gravest check that failed and decides; nullptr: none did.
const Finding* gravest_failure(const Summary& summary);

// What a check says in a checklist when it passes; of a check that this version does not know, its name.
std::string check_title(const std::string& name);

}  // namespace holdfast
