#include "harness/supervisor/decide/obliging_holders.h"

#include <algorithm>

namespace holdfast {

bool shall_wait(const Decision& decision, const Caller& caller, const Participants& participants,
                std::int64_t waited_ns) {
  if (caller.participant && caller.participant->makes_wait) return false;
  const bool refused = decision.kind == Decision::Kind::answered && decision.windows_code != 0;
  if (!refused || decision.obstacle != Obstacle::held || decision.holders.empty() ||
      waited_ns >= longest_wait_ns)
    return false;
  return std::all_of(decision.holders.begin(), decision.holders.end(), [&](const NamedHolder& holder) {
    if (holder.kind != HolderKind::injector) return false;
    const auto participant = participants.find(holder.found.process);
    return participant && participant->makes_wait;
  });
}

std::int64_t next_look_after_ns(std::int64_t waited_ns) {
  constexpr std::int64_t soonest_ns = 1'000'000, latest_ns = 20'000'000;
  return std::clamp(waited_ns / 8, soonest_ns, latest_ns);
}

}  // namespace holdfast
