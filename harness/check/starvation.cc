#include "harness/check/starvation.h"

#include <algorithm>

namespace holdfast {

std::int64_t longest_starvation_ns(const History& history) {
  std::int64_t longest_ns = 0;
  for (const ProcessRecord& process : history.processes) {
    if (process.role == Role::agent) longest_ns = std::max(longest_ns, process.starved_ns);
  }
  return longest_ns;
}

}  // namespace holdfast
