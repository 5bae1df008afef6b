#include "harness/check/starvation.h"

#include <fmt/format.h>

#include "harness/check/prose.h"

namespace holdfast {
namespace {

std::int64_t without_processor_ns(const History& history) {
  std::int64_t sum_ns = history.conductor_starved_ns;
  for (const ProcessRecord& process : history.processes) {
    if (process.role == Role::agent) sum_ns += process.starved_ns;
  }
  return sum_ns;
}

}  // namespace

std::int64_t starvation_ns(const History& history) {
  return without_processor_ns(history) + history.stood_still_ns;
}

std::string excused_by(const History& history) {
  std::string text =
      fmt::format("; but the machine was so busy that its processes waited {} in all for a processor",
                  in_seconds(without_processor_ns(history)));
  if (history.stood_still_ns != 0)
    text += fmt::format(", and its disk stood still for {}", in_seconds(history.stood_still_ns));
  return text;
}

}  // namespace holdfast
