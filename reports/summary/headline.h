// The answer first: what every report says before anything else, in the same order and words.
#pragma once

#include <string>
#include <vector>

#include "reports/summary/summary.h"

namespace holdfast {

struct Headline {
  std::string badge;     // "FAIL", "PASS, 2 checks waived"
  std::string sentence;  // "62 % of acknowledged messages were lost: two agents read the same version …"
  std::string figure;    // the one that failed, large: "120 of 192"; empty if there is none
  std::string what;      // it counts: "acknowledged messages were lost"
  std::string evidence;  // where the record shows the cause; empty if none is known
  std::string advice;    // what to do; empty if nothing is known
  std::string facts;     // "snapshot · commit 1f2e3d · 2024-05-01T12:00:00Z · Linux 6.1 · 12.3 s"
};

Headline headline_of(const Summary& summary);

// The failed check that the cause explains; else the gravest; null if none failed.
const Finding* told_first(const Summary& summary);

// "PASS, 2 checks waived": checks that the scenario waived and that did not pass.
std::string verdict_badge(const Summary& summary);

}  // namespace holdfast
