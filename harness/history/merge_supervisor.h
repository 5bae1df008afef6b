// The supervisor's events become trapped calls with their holders, kills and delays; then each call is assigned to
// its operation.
#pragma once

#include <cstdint>

#include "harness/history/doubt_list.h"
#include "harness/history/history.h"

namespace holdfast {

class SupervisorMerge {
 public:
  SupervisorMerge(History& history, DoubtList& doubts) : history_(history), doubts_(doubts) {}

  void add(Event&& event);
  void finish();

 private:
  void exactness(const Event& event);
  void call(Event&& event);
  void holder(Event&& event);
  void injected(Event&& event);

  History& history_;
  DoubtList& doubts_;
  std::uint64_t holders_due_ = 0;  // of the last call
};

// Sorts calls by agent and time, operations by agent and invoke, and assigns to each operation the calls that its
// agent made between invoke and completion. An unanswered operation gets all calls up to its agent's next one.
void attribute_calls(History& history);

}  // namespace holdfast
