// What a busy machine excuses: an answer that is late because processes were kept from running, or because the disk
// stood still meanwhile.
#pragma once

#include <cstdint>
#include <string>

#include "harness/history/history.h"

namespace holdfast {

class BusyMachine {
 public:
  explicit BusyMachine(const History& history);  // which must outlive it

  // By how much the machine may have made late what somebody waited for from one time to another: all the time that
  // agents and the supervisor, all together and in the whole run, were ready to run while no processor was free for
  // them, since a lock passes the lateness of each on to those behind it; and what of that span the disk stood still,
  // as far as it was noticed (harness/conduct/pulse.h).
  [[nodiscard]] std::int64_t may_delay_ns(std::int64_t from_ns, std::int64_t to_ns) const {
    return without_processor_ns_ + stood_still_ns(from_ns, to_ns);
  }
  // "; but the machine was so busy that …", the end of a witness.
  [[nodiscard]] std::string excuse(std::int64_t from_ns, std::int64_t to_ns) const;

 private:
  [[nodiscard]] std::int64_t stood_still_ns(std::int64_t from_ns, std::int64_t to_ns) const;

  const History& history_;
  std::int64_t without_processor_ns_ = 0;
};

}  // namespace holdfast
