#include "harness/check/starvation.h"

#include <fmt/format.h>

#include "harness/check/prose.h"

namespace holdfast {

std::int64_t starvation_ns(const History& history) {
  std::int64_t sum_ns = history.conductor_starved_ns;
  for (const ProcessRecord& process : history.processes) {
    if (process.role == Role::agent) sum_ns += process.starved_ns;
  }
  return sum_ns;
}

std::string excused_by(std::int64_t starved_ns) {
  return fmt::format("; but the machine was so busy that its processes waited {} in all for a processor",
                     in_seconds(starved_ns));
}

}  // namespace holdfast
