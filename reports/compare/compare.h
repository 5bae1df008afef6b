// BEFORE against AFTER: two runs side by side, and what follows from them.
#pragma once

#include <string>
#include <vector>

#include "reports/summary/summary.h"

namespace holdfast {

struct Comparison {
  Summary before, after;
  double fisher_p_agents = 1;         // agents succeeded
  double fisher_p_broadcasts = 1;     // broadcasts acknowledged
  std::string conclusion;             // plain sentences
  std::vector<std::string> cautions;  // why the two may not be comparable, one sentence each
};

Comparison compare(Summary before, Summary after);
std::string to_json(const Comparison& comparison);  // "holdfast.compare/1", ends in a newline

}  // namespace holdfast
