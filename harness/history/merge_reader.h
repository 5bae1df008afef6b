// One reader's events become its readings: each invoke is paired with its completion, as an agent's are.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/history/doubt_list.h"
#include "harness/history/history.h"

namespace holdfast {

class ReaderMerge {
 public:
  ReaderMerge(std::uint32_t reader, History& history, DoubtList& doubts)
      : reader_(reader), history_(history), doubts_(doubts) {}

  void add(const Event& event);
  void finish();  // the file has no more events

 private:
  void invoke(const Event& event);
  void complete(const Event& event, Outcome outcome);

  std::uint32_t reader_;
  History& history_;
  DoubtList& doubts_;
  std::optional<Reading> open_;
  std::uint64_t open_op_ = 0;
};

// For agents without a final read of their own, uses the fresh process's last read of their mail instead.
void stand_in_for_unread(History& history);

}  // namespace holdfast
