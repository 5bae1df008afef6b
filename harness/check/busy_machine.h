// What excuses a late operation: time that others took from it. That is, programs outside the run that used the
// processors for which the run's processes waited, a disk that stood still although the run did not overload it, and
// injectors that delayed calls.
//
// A subject cannot cause its own excuse: a crowd that spins waits for itself, a store that floods the disk waits for
// its own bytes, and time that nobody was seen to take excuses nothing. The record does not say what an operation
// waited for: any process of the run that waited for a processor may have held what it needed. So the waits of all
// the run's processes count, including a command's whole process tree and the thread that answers calls, but no
// moment counts twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

struct Excuse {
  std::int64_t processor_ns = 0;  // waited while outside processes had the processors
  std::int64_t disk_ns = 0;       // the disk stood still for reasons outside the run
  std::int64_t held_up_ns = 0;    // delayed by injectors

  [[nodiscard]] std::int64_t all_ns() const { return processor_ns + disk_ns + held_up_ns; }
};

class BusyMachine {
 public:
  BusyMachine(const Plan& plan, const History& history);  // which must outlive it

  // What may have delayed an operation in this stretch of time.
  [[nodiscard]] Excuse excuse(std::int64_t from_ns, std::int64_t to_ns) const;
  // "; but programs outside the run …", the end of a witness; empty if nothing is excused.
  [[nodiscard]] std::string in_words(std::int64_t from_ns, std::int64_t to_ns) const;

 private:
  struct Span {
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    double excused = 1;  // the share of each moment that is excused
  };
  using Spans = std::vector<Span>;  // in order, not overlapping

  static Spans waits_for_strangers(const History& history);
  static Spans standstills_by_others(const History& history);
  static Spans calls_held_up(const Plan& plan, const History& history);
  static std::int64_t excused_ns(const Spans& spans, std::int64_t from_ns, std::int64_t to_ns);

  const History& history_;
  Spans waits_;
  Spans standstills_;
  Spans held_up_;
};

// How much of a standstill the run's own writing explains: the time for what it wrote and flushed just before and
// during it at the disk's speed before the load, or, if that is more, the run's share of the disk's busy time, but no
// more than a disk that is a few times slower would need (tolerance::slower_disk).
std::int64_t explained_by_run_ns(const History& history, const Standstill& standstill);

}  // namespace holdfast
