// Durability: what was acknowledged before a process was killed is there afterwards.
//
// Source: RocksDB's db_crashtest asks the same of what was written before a
// crash. It looks at the losses of `lost` again, at those that a kill may have caused: by taking with it what was only
// in memory, or by coming in the middle of somebody's save. Sound: an acknowledgement means that the message survives
// every process (Durability::process), and a death takes nothing out of a file. Indefinite outcomes, what the kill cut
// short among them, may be there or not. Not applicable if the scenario kills nobody; unknown if nobody was killed
// after an acknowledgement, or if recipients made no final read.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/call_words.h"
#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

constexpr std::uint64_t most_losses = 1000;  // losses, for one that a kill explains

}  // namespace

Finding check_durability(const Evidence& evidence) {
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  Finding finding;
  if (!any_kills(evidence.plan.scenario)) {
    finding.verdict = Verdict::not_applicable;
    return finding;
  }
  std::vector<const Kill*> kills;
  for (const Kill& kill : history.kills) kills.push_back(&kill);
  std::sort(kills.begin(), kills.end(), [](const Kill* a, const Kill* b) { return a->time_ns < b->time_ns; });
  RecipientsOf addressed(evidence.plan);
  Fates fates(evidence);
  bool unread = false, explained = false;
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size(); ++ordinal) {
    const Operation& broadcast = delivery.sent().operation(ordinal);
    if (broadcast.outcome != Outcome::ok) continue;
    const auto next =
        std::lower_bound(kills.begin(), kills.end(), broadcast.complete_ns,
                         [](const Kill* kill, std::int64_t time_ns) { return kill->time_ns < time_ns; });
    if (next == kills.end()) continue;
    const auto& to = addressed.sender(broadcast.agent);
    const Audience audience(evidence.plan, delivery.sent().id(ordinal));
    for (std::size_t place = 0; place < to.size(); ++place) {
      if (!audience.has(to[place])) continue;
      const std::uint32_t read = delivery.final_read(to[place]);
      if (read == not_there || !must_hold(history.operations[read], broadcast)) {
        unread = true;
        continue;
      }
      ++finding.checked;
      if (delivery.times_read(broadcast.agent, ordinal, place) != 0) continue;
      ++finding.count;
      // The first, or the first that a kill explains.
      if (explained || finding.count > most_losses) continue;
      const Fate fate = fates.of_lost(broadcast);
      explained = fate.kill != nullptr;
      if (finding.count != 1 && !explained) continue;
      const Kill& kill = explained ? *fate.kill : **next;
      finding.witness =
          told(history, fmt::format("agent {}'s broadcast {} was acknowledged at {}, agent {} was killed at "
                                    "{} {}, and agent {}'s final read lacks it{}",
                                    broadcast.agent, to_string(delivery.sent().id(ordinal)),
                                    moment(broadcast.complete_ns), kill.agent, moment(kill.time_ns),
                                    right_before(kill), to[place], fate.story));
    }
  }
  return concluded(
      std::move(finding),
      unread ? "some recipients made no final read, so their messages may or may not have survived" : "",
      kills.empty() ? "no agent was killed" : "no message was acknowledged before a kill");
}

}  // namespace holdfast
