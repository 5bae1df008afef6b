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
#include <limits>

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

// When the oldest of the messages that were read was acknowledged.
std::int64_t oldest_read_ns(const Delivery& delivery) {
  std::int64_t oldest_ns = std::numeric_limits<std::int64_t>::max();
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size(); ++ordinal) {
    const Operation& broadcast = delivery.sent().operation(ordinal);
    if (broadcast.outcome == Outcome::ok && delivery.was_read(ordinal))
      oldest_ns = std::min(oldest_ns, broadcast.complete_ns);
  }
  return oldest_ns;
}

// A removal of the queue that its broadcast did not make good.
struct Removal {
  const Call* call = nullptr;
  const Kill* kill = nullptr;  // none: the broadcast failed
};

// Those done in a broadcast that then failed to put another queue there, or was cut short by a kill; in
// order. Whoever loads next finds no file and begins an empty queue. One after which something older was
// read is left out: somebody had loaded the queue before, and put it back.
std::vector<Removal> removals_without_replacement(const History& history, const Delivery& delivery) {
  const std::int64_t oldest_ns = oldest_read_ns(delivery);
  std::vector<Removal> removals;
  for (const Operation& operation : history.operations) {
    if (operation.function != Function::broadcast || operation.outcome == Outcome::ok || operation.calls == 0)
      continue;
    const Kill* kill = kill_of(history, operation);
    if (operation.outcome != Outcome::fail && kill == nullptr) continue;
    const auto calls = calls_of(history, operation);
    const auto removes = [&](const Call& call) {
      const auto moved = [&](const Call& other) {
        return other.function == Function::rename && other.path == call.path;
      };
      return call.function == Function::unlink && call.os_error == 0 && call.received_ns <= oldest_ns &&
             std::none_of(calls.begin(), calls.end(), moved);
    };
    for (auto call = calls.begin(); call != calls.end(); ++call) {
      const auto again = [&](const Call& later) { return replaces(later, call->path); };
      if (removes(*call) && std::none_of(call, calls.end(), again)) removals.push_back({&*call, kill});
    }
  }
  std::sort(removals.begin(), removals.end(),
            [](const Removal& a, const Removal& b) { return a.call->received_ns < b.call->received_ns; });
  return removals;
}

// The removal that may have taken this with it: the first after it was acknowledged, of a run that kills the
// first that a kill left without a replacement.
Removal removal_after(const std::vector<Removal>& removals, const Operation& lost) {
  const auto first = std::lower_bound(
      removals.begin(), removals.end(), lost.complete_ns,
      [](const Removal& removal, std::int64_t time_ns) { return removal.call->received_ns < time_ns; });
  const auto killed =
      std::find_if(first, removals.end(), [](const Removal& removal) { return removal.kill != nullptr; });
  if (killed != removals.end()) return *killed;
  return first != removals.end() ? *first : Removal{};
}

// Whether a kill between removing the queue and moving another there is all that explains this loss.
bool taken_by_kill(const History& history, const std::vector<Removal>& removals, const Operation& lost) {
  return removal_after(removals, lost).kill != nullptr && overlapping_save(history, lost) == nullptr;
}

// A message and the first recipient that lacks it.
struct Loss {
  std::uint32_t ordinal = 0;
  std::uint32_t recipient = 0;
};

// The first, but of a run that kills the first that a kill explains.
std::string describe_loss(const Evidence& evidence, const std::vector<Loss>& lost) {
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  const auto removals = removals_without_replacement(history, delivery);
  auto chosen = lost.begin();
  if (!history.kills.empty()) {
    const auto explained = std::find_if(lost.begin(), lost.end(), [&](const Loss& loss) {
      return taken_by_kill(history, removals, delivery.sent().operation(loss.ordinal));
    });
    if (explained != lost.end()) chosen = explained;
  }
  const auto [ordinal, recipient] = *chosen;
  const Operation& broadcast = delivery.sent().operation(ordinal);
  const Operation& read = history.operations[delivery.final_read(recipient)];
  std::uint64_t others_with = 0;
  std::uint64_t others_without = 0;
  const auto to = recipients(evidence.plan, delivery.sent().id(ordinal));
  for (std::size_t place = 0; place < to.size(); ++place) {
    if (to[place] == recipient || delivery.final_read(to[place]) == not_there) continue;
    ++(delivery.times_read(broadcast.agent, ordinal, place) != 0 ? others_with : others_without);
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
  } else if (const Removal removal = removal_after(removals, broadcast); removal.call != nullptr) {
    text += fmt::format("; at {} agent {} removed {} and {}", at_time(history, removal.call->received_ns),
                        removal.call->agent, std::filesystem::path(removal.call->path).filename().string(),
                        removal.kill != nullptr ? "was killed before it moved another there"
                                                : "then failed to put another there");
  }
  return text;
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
    const auto to = recipients(evidence.plan, MessageId{sender, 0});
    for (std::uint32_t ordinal = first; ordinal < end; ++ordinal) {
      if (!sent.acknowledged(ordinal)) continue;
      acknowledged_any = true;
      for (std::size_t place = 0; place < to.size(); ++place) {
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
  if (finding.count != 0) {
    finding.verdict = Verdict::fail;
    finding.witness = describe_loss(evidence, lost);
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
