// What excuses an operation that is late: time within it that others took. Programs outside the run that used the
// processors for which the run's processes waited, a disk that stood still though the run kept it no busier than it can
// bear, and injectors that held calls up.
//
// Nothing of that can be earned. A crowd that spins waits for itself, a store that floods the disk waits for its own
// bytes, and what nobody was seen to take is no excuse. Whom an operation waited for is not on record: whoever waited for
// a processor meanwhile may have held what it wanted, so the waits of all the run's processes count, those of a command's
// whole process tree and of the thread that answers calls, but no moment counts twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

struct Excuse {
  std::int64_t processor_ns = 0;  // waited, as far as strangers had the processors
  std::int64_t disk_ns = 0;       // it stood still, as far as the run did not cause it
  std::int64_t held_up_ns = 0;    // by injectors

  [[nodiscard]] std::int64_t all_ns() const { return processor_ns + disk_ns + held_up_ns; }
};

class BusyMachine {
 public:
  BusyMachine(const Plan& plan, const History& history);  // which must outlive it

  // What may have made late what somebody waited for from one time to another.
  [[nodiscard]] Excuse excuse(std::int64_t from_ns, std::int64_t to_ns) const;
  // "; but programs outside the run …", the end of a witness; empty if nothing is excused.
  [[nodiscard]] std::string in_words(std::int64_t from_ns, std::int64_t to_ns) const;

 private:
  struct Span {
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    double excused = 1;  // of each moment in it
  };
  using Spans = std::vector<Span>;  // in order, apart from each other

  static Spans waits_for_strangers(const History& history);
  static Spans standstills_by_others(const History& history);
  static Spans calls_held_up(const Plan& plan, const History& history);
  static std::int64_t excused_ns(const Spans& spans, std::int64_t from_ns, std::int64_t to_ns);

  const History& history_;
  Spans waits_;
  Spans standstills_;
  Spans held_up_;
};

// Of a standstill: what the run's own writing explains. What it wrote and flushed just before and meanwhile, at the speed
// that the disk had before the load, or, if that is more, the time in which the disk was busy, by the run's share of what
// it wrote, but no more than a disk that is a few times slower needs (tolerance::slower_disk).
std::int64_t explained_by_run_ns(const History& history, const Standstill& standstill);

}  // namespace holdfast
