// Asks a subject's program a few requests, as two agents would, and says which it answers wrongly.
#pragma once

#include <string>
#include <vector>

#include "harness/crowd/agents/program.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

struct Exchange {
  std::string asked;     // "agent 0: broadcast 0-1 to [0, 1], an empty body"
  std::string answered;  // the line, safe to print; or why there is none
  std::string wrong;     // what is wrong with it, and what to do; empty: it is right
};

// Three programs use the store `directory` in turn, as two agents. Stops after the first request that ends a program: it says nothing of the
// rest. Code::invalid if the program cannot be started at all.
Result<std::vector<Exchange>> check_adapter(const ProgramStart& start, const std::string& directory,
                                            BodyBytes bodies);

// How many requests there are when nothing goes wrong.
std::size_t adapter_requests();

}  // namespace holdfast
