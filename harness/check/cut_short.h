// What the harness' own killing excuses: the operation that was under way, and nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

// The kill by plan that cut an operation short, or none. The operation may be done or not. `operation` is one of
// `history.operations`. An agent of the core dies itself, so that what it had begun is never answered; of a command
// the program dies, and its adapter says that there may be no answer, or that there was nobody to ask.
const Kill* kill_of(const History& history, const Operation& operation);

// What a process did from then until the harness ended it: by plan, or because it was late.
struct CutShort {
  std::uint32_t agent = 0;
  std::int32_t pid = 0;
  std::int64_t from_ns = 0;
  std::int64_t until_ns = 0;
  bool by_plan = false;
};
std::vector<CutShort> cut_short(const History& history);

}  // namespace holdfast
