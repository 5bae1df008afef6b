#include "reports/page/timeline_choice.h"

#include <algorithm>
#include <array>

#include "harness/check/attempts.h"

namespace holdfast {

TimelineChoice chosen_operations(const History& history, const std::vector<std::uint32_t>& lacking,
                                 std::size_t items) {
  TimelineChoice choice;
  std::array<std::vector<std::uint32_t>, 3> kinds;
  std::array<std::uint64_t, 3> weights{};
  for (std::uint32_t index = 0; index < history.operations.size(); ++index) {
    const Operation& operation = history.operations[index];
    std::uint64_t refusals = 0;
    for (const Call& call : calls_of(history, operation)) refusals += call.windows_code != 0 ? 1 : 0;
    const bool unsuccessful = operation.outcome != Outcome::ok || lacking[index] > 0;
    choice.unsuccessful += unsuccessful ? 1 : 0;
    choice.refused += refusals > 0 ? 1 : 0;
    choice.refusals += refusals;
    const std::size_t kind = unsuccessful ? 0 : refusals > 0 ? 1 : 2;
    kinds[kind].push_back(index);
    weights[kind] += 1 + operation.calls;
  }
  std::uint64_t left = items;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const std::uint64_t step =
        weights[kind] <= left ? 1 : weights[kind] / std::max<std::uint64_t>(left, 1) + 1;
    for (std::size_t at = 0; at < kinds[kind].size(); at += step) {
      const std::uint32_t index = kinds[kind][at];
      const std::uint64_t weight = 1 + std::uint64_t{history.operations[index].calls};
      if (weight > left) break;
      left -= weight;
      choice.operations.push_back(index);
    }
  }
  std::sort(choice.operations.begin(), choice.operations.end());
  return choice;
}

}  // namespace holdfast
