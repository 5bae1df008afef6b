// Lost: a recipient's final read lacks a message that was acknowledged before the read was asked for.
//
// After Jepsen's total-queue ("lost" = acknowledged enqueues that no dequeue ever returned) and set-full ("lost" =
// acknowledged, then absent from a read that began later), with each recipient a reader of its own. Sound: a queue is
// only appended to while the run lasts, and acknowledging a message promises that every process that looks afterwards
// finds it. Only reads asked for after the acknowledgement count, so no message is missed for being late. Indefinite
// outcomes: nothing was promised, so absence is never held against them; nor is it against failures. Unknown: no
// acknowledged message was looked for at all, or a recipient's mail could not be read and nothing else was lost.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

// A message and the first recipient that lacks it.
struct Loss {
  std::uint32_t ordinal = 0;
  std::uint32_t recipient = 0;
};

std::string of_the_others(std::uint64_t with, std::uint64_t others) {
  if (with == others)
    return others == 1 ? "; the other recipient has it"
                       : fmt::format("; the {} others have it", with_commas(others));
  return fmt::format("; {} of the {} other recipients {} it", with_commas(with), with_commas(others),
                     with == 1 ? "has" : "have");
}

// The first whose cause is best explained; in a run with kills, the first that a kill explains.
std::string describe_loss(const Evidence& evidence, const std::vector<Loss>& lost) {
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  Fates fates(evidence);
  auto chosen = lost.begin();
  Fate fate = fates.of_lost(delivery.sent().operation(chosen->ordinal));
  constexpr std::ptrdiff_t most_looked_at = 200;
  const auto end = lost.begin() + std::min(std::ssize(lost), most_looked_at);
  for (auto loss = lost.begin() + 1; fate.kill == nullptr && loss != end; ++loss) {
    Fate other = fates.of_lost(delivery.sent().operation(loss->ordinal));
    if (other.kill == nullptr && other.tells <= fate.tells) continue;
    chosen = loss;
    fate = std::move(other);
  }
  const auto [ordinal, recipient] = *chosen;
  const Operation& broadcast = delivery.sent().operation(ordinal);
  const Operation& read = history.operations[delivery.final_read(recipient)];
  std::uint64_t others_with = 0;
  std::uint64_t others_without = 0;
  const auto to = possible_recipients(evidence.plan, broadcast.agent);
  const Audience audience(evidence.plan, delivery.sent().id(ordinal));
  for (std::size_t place = 0; place < to.size(); ++place) {
    if (to[place] == recipient || !audience.has(to[place]) || delivery.final_read(to[place]) == not_there)
      continue;
    ++(delivery.times_read(broadcast.agent, ordinal, place) != 0 ? others_with : others_without);
  }
  std::string text =
      fmt::format("agent {}'s broadcast {} was acknowledged at {}, but agent {}'s final read of {} lacks it",
                  broadcast.agent, to_string(delivery.sent().id(ordinal)), moment(broadcast.complete_ns),
                  recipient, counted(read.seen, "entry"));
  if (others_with + others_without != 0) {
    text += others_with == 0 ? fmt::format("; no other recipient has it")
                             : of_the_others(others_with, others_with + others_without);
  }
  // If others have it, it is in the queue, but was missing when this recipient looked, or was never addressed to it.
  if (others_with != 0) fate = fates.of_missing(broadcast, read.invoke_ns, read.complete_ns);
  return told(history, text + fate.story);
}

}  // namespace

Finding check_lost(const Evidence& evidence) {
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  Finding finding;
  const SentIndex& sent = delivery.sent();
  bool acknowledged_any = false;
  std::uint32_t unread = not_there;        // a recipient whose mail could not be read
  constexpr std::size_t most_kept = 1000;  // to choose the witness from
  std::vector<Loss> lost;
  for (std::uint32_t sender = 0; sender < evidence.plan.scenario.agents.count; ++sender) {
    const auto [first, end] = sent.of_sender(sender);
    if (first == end) continue;
    const auto to = possible_recipients(evidence.plan, sender);
    for (std::uint32_t ordinal = first; ordinal < end; ++ordinal) {
      if (!sent.acknowledged(ordinal)) continue;
      acknowledged_any = true;
      const Audience audience(evidence.plan, sent.id(ordinal));
      for (std::size_t place = 0; place < to.size(); ++place) {
        if (!audience.has(to[place])) continue;
        const std::uint32_t read = delivery.final_read(to[place]);
        if (read == not_there) {
          unread = std::min(unread, to[place]);
          continue;
        }
        // Mostly all was acknowledged before: then no operation has to be looked at.
        const Operation& reading = history.operations[read];
        if (sent.last_acknowledged_ns(sender) > reading.invoke_ns &&
            !must_hold(reading, sent.operation(ordinal)))
          continue;
        ++finding.checked;
        if (delivery.times_read(sender, ordinal, place) != 0) continue;
        ++finding.count;
        if (lost.size() < most_kept && (lost.empty() || lost.back().ordinal != ordinal))
          lost.push_back({ordinal, to[place]});
      }
    }
  }
  if (finding.count != 0) finding.witness = describe_loss(evidence, lost);
  return concluded(
      std::move(finding),
      unread == not_there
          ? ""
          : fmt::format("agent {} made no successful final read, so its messages may or may not be lost",
                        unread),
      acknowledged_any ? "no read was asked for after a message was acknowledged"
                       : "no message was acknowledged, so none could be lost");
}

}  // namespace holdfast
