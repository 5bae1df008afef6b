#include "harness/check/busy_machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/check/prose.h"

namespace holdfast {

BusyMachine::BusyMachine(const History& history)
    : history_(history), without_processor_ns_(history.conductor_starved_ns) {
  for (const ProcessRecord& process : history.processes) {
    if (process.role == Role::agent) without_processor_ns_ += process.starved_ns;
  }
}

std::int64_t BusyMachine::stood_still_ns(std::int64_t from_ns, std::int64_t to_ns) const {
  auto it = std::lower_bound(
      history_.standstills.begin(), history_.standstills.end(), from_ns,
      [](const Standstill& standstill, std::int64_t time_ns) { return standstill.end_ns < time_ns; });
  std::int64_t sum_ns = 0;
  for (; it != history_.standstills.end() && it->begin_ns < to_ns; ++it)
    sum_ns += std::min(it->end_ns, to_ns) - std::max(it->begin_ns, from_ns);
  return sum_ns;
}

std::string BusyMachine::excuse(std::int64_t from_ns, std::int64_t to_ns) const {
  const std::int64_t still_ns = stood_still_ns(from_ns, to_ns);
  const std::string disk = still_ns != 0
                               ? fmt::format("the disk stood still for {} of that", in_seconds(still_ns))
                               : std::string();
  if (without_processor_ns_ == 0) return "; but " + disk;
  return fmt::format("; but the machine was so busy that its processes waited {} in all for a processor{}{}",
                     in_seconds(without_processor_ns_), disk.empty() ? "" : ", and ", disk);
}

}  // namespace holdfast
