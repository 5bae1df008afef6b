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
#include "harness/check/planned_kills.h"
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

bool replaces(const Call& call, const std::string& path) {
  return call.function == Function::rename && call.os_error == 0 && call.destination == path;
}

// A removal of the queue that its broadcast did not make good.
struct Removal {
  const Call* call = nullptr;
  const Kill* kill = nullptr;  // none: the broadcast failed
};

// Whether somebody who had loaded the queue before it was removed then moved it there again.
bool put_back(const History& history, const Call& removal) {
  return std::any_of(history.operations.begin(), history.operations.end(), [&](const Operation& other) {
    if (other.agent == removal.agent || other.invoke_ns >= removal.received_ns) return false;
    const auto calls = calls_of(history, other);
    return std::any_of(calls.begin(), calls.end(), [&](const Call& call) {
      return call.received_ns > removal.received_ns && replaces(call, removal.path);
    });
  });
}

// The removal that may have taken this with it: the first one done after this was acknowledged, in a
// broadcast that then failed to put another queue there, or was cut short by a kill. Whoever loads next finds
// no file and begins an empty queue.
Removal removal_without_replacement(const History& history, const Operation& lost) {
  Removal found;
  for (const Operation& other : history.operations) {
    if (other.function != Function::broadcast || other.outcome == Outcome::ok || other.calls == 0) continue;
    const Kill* kill = kill_of(history, other);
    if (other.outcome != Outcome::fail && kill == nullptr) continue;
    const auto calls = attempt_calls(history, other);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const Call* call = calls[i];
      if (call->function != Function::unlink || call->os_error != 0 || call->received_ns < lost.complete_ns)
        continue;
      if (std::any_of(calls.begin() + static_cast<std::ptrdiff_t>(i), calls.end(),
                      [&](const Call* later) { return replaces(*later, call->path); }))
        continue;
      if (found.call != nullptr && found.call->received_ns <= call->received_ns) continue;
      if (kill != nullptr && put_back(history, *call)) continue;
      found = {call, kill};
    }
  }
  return found;
}

// Whether a kill between removing the queue and moving another there is all that explains this loss.
bool taken_by_kill(const History& history, const Operation& lost) {
  return overlapping_save(history, lost) == nullptr &&
         removal_without_replacement(history, lost).kill != nullptr;
}

std::string describe_loss(const Plan& plan, const History& history, const Delivery& delivery,
                          std::uint32_t ordinal, std::uint32_t recipient) {
  const Operation& broadcast = delivery.sent().operation(ordinal);
  const Operation& read = history.operations[delivery.final_read(recipient)];
  std::uint64_t others_with = 0;
  std::uint64_t others_without = 0;
  for (const std::uint32_t other : recipients(plan, delivery.sent().id(ordinal))) {
    if (other == recipient || delivery.final_read(other) == not_there) continue;
    ++(times_read(delivery.readers(ordinal), other) != 0 ? others_with : others_without);
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
  } else if (const Removal removal = removal_without_replacement(history, broadcast);
             removal.call != nullptr) {
    text += fmt::format("; at {} agent {} removed {} and {}", at_time(history, removal.call->received_ns),
                        removal.call->agent, std::filesystem::path(removal.call->path).filename().string(),
                        removal.kill != nullptr ? "was killed before it moved another there"
                                                : "then failed to put another there");
  }
  return text;
}

}  // namespace

Finding check_lost(const Plan& plan, const History& history) {
  Finding finding;
  const Delivery delivery(plan, history);
  RecipientsOf addressed(plan);
  bool acknowledged_any = false;
  std::uint32_t unread = not_there;  // a recipient whose mail could not be read
  std::uint32_t first_lost = not_there;
  std::uint32_t first_recipient = not_there;
  // Of a run that kills, a loss that a kill explains is the better witness; not sought for ever.
  constexpr int most_tried = 64;
  int tried = 0;
  bool explained = history.kills.empty();
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size(); ++ordinal) {
    const Operation& broadcast = delivery.sent().operation(ordinal);
    if (broadcast.outcome != Outcome::ok) continue;
    acknowledged_any = true;
    const auto readers = delivery.readers(ordinal);
    auto reader = readers.begin();
    for (const std::uint32_t recipient : addressed.sender(broadcast.agent)) {
      const std::uint32_t read = delivery.final_read(recipient);
      if (read == not_there) {
        unread = std::min(unread, recipient);
        continue;
      }
      if (!must_hold(history.operations[read], broadcast)) continue;
      ++finding.checked;
      while (reader != readers.end() && *reader < recipient) ++reader;
      if (reader != readers.end() && *reader == recipient) continue;
      if (finding.count++ == 0 || (!explained && ordinal != first_lost && tried++ < most_tried &&
                                   taken_by_kill(history, broadcast))) {
        explained = finding.count > 1 || taken_by_kill(history, broadcast);
        first_lost = ordinal;
        first_recipient = recipient;
      }
    }
  }
  if (finding.count != 0) {
    finding.verdict = Verdict::fail;
    finding.witness = describe_loss(plan, history, delivery, first_lost, first_recipient);
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
