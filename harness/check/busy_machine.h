// What excuses an answer that is late: processes were kept from running, the disk stood still, or the run itself held
// calls up, by an injector that delays them or by one that makes them wait.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/scenario/plan.h"

namespace holdfast {

class BusyMachine {
 public:
  BusyMachine(const Plan& plan, const History& history);  // which must outlive it

  // By how much the machine may have made late what somebody waited for from one time to another: all the time that
  // agents and the supervisor, all together and in the whole run, were ready to run while no processor was free for
  // them, since a lock passes the lateness of each on to those behind it; and what of that span the disk stood still,
  // as far as it was noticed (harness/conduct/pulse.h); and what of it the run held up anybody's call.
  [[nodiscard]] std::int64_t may_delay_ns(std::int64_t from_ns, std::int64_t to_ns) const {
    return without_processor_ns_ + stood_still_ns(from_ns, to_ns) + held_up_ns(from_ns, to_ns);
  }
  // "; but the machine was so busy that …", the end of a witness.
  [[nodiscard]] std::string excuse(std::int64_t from_ns, std::int64_t to_ns) const;

 private:
  [[nodiscard]] std::int64_t stood_still_ns(std::int64_t from_ns, std::int64_t to_ns) const;
  [[nodiscard]] std::int64_t held_up_ns(std::int64_t from_ns, std::int64_t to_ns) const;

  const History& history_;
  std::int64_t without_processor_ns_ = 0;
  std::vector<Standstill> held_up_;  // in order, apart from each other
};

}  // namespace holdfast
