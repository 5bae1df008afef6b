// Lost: a recipient's final read lacks a message that was acknowledged before the read was asked for.
//
// After Jepsen's total-queue ("lost" = acknowledged enqueues that no dequeue ever returned) and set-full
// ("lost" = acknowledged, then absent from a read that began later), with each recipient a reader of its own.
// Sound: a queue is only appended to while the run lasts, and acknowledging a message promises that whoever
// looks afterwards finds it. Only reads asked for after the acknowledgement count, so no message is missed
// for being late. Indefinite outcomes: nothing was promised, so absence is never held against them; nor is it
// against failures. Unknown: no acknowledged message was looked for at all, or a recipient's mail could not
// be read and nothing else was lost.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/check/attempts.h"
#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

// The save that may have put an older queue over this one: another's that had begun before this was
// acknowledged and ended after. The one that ended first is the likeliest.
const Operation* overlapping_save(const History& history, const Operation& lost) {
  const Operation* found = nullptr;
  for (const Operation& other : history.operations) {
    if (other.function != Function::broadcast || other.agent == lost.agent) continue;
    if (other.invoke_ns >= lost.complete_ns || other.complete_ns <= lost.complete_ns) continue;
    if (found == nullptr || other.complete_ns < found->complete_ns) found = &other;
  }
  return found;
}

// The removal of the queue that may have taken this with it: the first one done after this was acknowledged,
// in a broadcast that then failed to put another queue there. Whoever loads next finds no file and begins an
// empty queue.
const Call* removal_without_replacement(const History& history, const Operation& lost) {
  const Call* found = nullptr;
  for (const Operation& other : history.operations) {
    if (other.function != Function::broadcast || other.outcome != Outcome::fail || other.calls == 0) continue;
    for (const Call* call : attempt_calls(history, other)) {
      if (call->function != Function::unlink || call->os_error != 0 || call->received_ns < lost.complete_ns)
        continue;
      if (found == nullptr || call->received_ns < found->received_ns) found = call;
    }
  }
  return found;
}

std::string describe_loss(const Evidence& evidence, std::uint32_t ordinal, std::uint32_t recipient) {
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  const Operation& broadcast = delivery.sent().operation(ordinal);
  const Operation& read = history.operations[delivery.final_read(recipient)];
  std::uint64_t others_with = 0;
  std::uint64_t others_without = 0;
  const auto to = recipients(evidence.plan, delivery.sent().id(ordinal));
  for (std::size_t place = 0; place < to.size(); ++place) {
    if (to[place] == recipient || delivery.final_read(to[place]) == not_there) continue;
    ++(delivery.times_read(ordinal, place) != 0 ? others_with : others_without);
  }
  std::string text =
      fmt::format("agent {} was told ok for {} at {}, but agent {}'s final read of {} does not hold it",
                  broadcast.agent, to_string(delivery.sent().id(ordinal)),
                  at_time(history, broadcast.complete_ns), recipient, counted(read.seen, "entry"));
  if (others_with + others_without != 0) {
    text += others_with == 0
                ? fmt::format("; no other recipient's does")
                : fmt::format("; of {}, {} hold it", counted(others_with + others_without, "other recipient"),
                              with_commas(others_with));
  }
  if (const Operation* other = overlapping_save(history, broadcast)) {
    text += fmt::format("; the broadcast {} ({}–{}) overlapped it ({}–{})",
                        to_string(MessageId{other->agent, other->number}), at_time(history, other->invoke_ns),
                        at_time(history, other->complete_ns), at_time(history, broadcast.invoke_ns),
                        at_time(history, broadcast.complete_ns));
  } else if (const Call* removal = removal_without_replacement(history, broadcast)) {
    text += fmt::format("; at {} agent {} removed {} and then failed to put another there",
                        at_time(history, removal->received_ns), removal->agent,
                        std::filesystem::path(removal->path).filename().string());
  }
  return text;
}

}  // namespace

Finding check_lost(const Evidence& evidence) {
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  Finding finding;
  RecipientsOf addressed(evidence.plan);
  bool acknowledged_any = false;
  std::uint32_t unread = not_there;  // a recipient whose mail could not be read
  std::uint32_t first_lost = not_there;
  std::uint32_t first_recipient = not_there;
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size(); ++ordinal) {
    const Operation& broadcast = delivery.sent().operation(ordinal);
    if (broadcast.outcome != Outcome::ok) continue;
    acknowledged_any = true;
    const auto& to = addressed.sender(broadcast.agent);
    for (std::size_t place = 0; place < to.size(); ++place) {
      const std::uint32_t read = delivery.final_read(to[place]);
      if (read == not_there) {
        unread = std::min(unread, to[place]);
        continue;
      }
      if (!must_hold(history.operations[read], broadcast)) continue;
      ++finding.checked;
      if (delivery.times_read(ordinal, place) != 0 || finding.count++ != 0) continue;
      first_lost = ordinal;
      first_recipient = to[place];
    }
  }
  if (finding.count != 0) {
    finding.verdict = Verdict::fail;
    finding.witness = describe_loss(evidence, first_lost, first_recipient);
  } else if (unread != not_there) {
    finding.witness = fmt::format(
        "agent {} made no final read that ended well, so what it was sent may be lost or not", unread);
  } else if (finding.checked == 0) {
    finding.witness = acknowledged_any ? "no read was asked for after a message was acknowledged"
                                       : "no message was acknowledged, so none could be lost";
  } else {
    finding.verdict = Verdict::pass;
  }
  return finding;
}

}  // namespace holdfast
