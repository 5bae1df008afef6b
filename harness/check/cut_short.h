// What the harness's own kills excuse: the operation under way, and nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

// The planned kill that cut an operation short, or none. The operation may or may not be done. `operation` is one of
// `history.operations`. With the core, the agent itself dies, so its open operation is never answered; with a
// command, the program dies, and its adapter reports that there may be no answer or that no program was left to ask.
const Kill* kill_of(const History& history, const Operation& operation);

// What a process did in the time before the harness ended it, by plan or for being late.
struct CutShort {
  std::uint32_t agent = 0;
  std::int32_t pid = 0;
  std::int64_t from_ns = 0;
  std::int64_t until_ns = 0;
  bool by_plan = false;
};
std::vector<CutShort> cut_short(const History& history);

}  // namespace holdfast
