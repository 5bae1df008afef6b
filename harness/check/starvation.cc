#include "harness/check/starvation.h"

namespace holdfast {

std::int64_t starvation_ns(const History& history) {
  std::int64_t sum_ns = history.conductor_starved_ns;
  for (const ProcessRecord& process : history.processes) {
    if (process.role == Role::agent) sum_ns += process.starved_ns;
  }
  return sum_ns;
}

}  // namespace holdfast
