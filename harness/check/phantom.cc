// Phantom: a final read holds an entry that nobody sent to this recipient: its id was never attempted, or it
// was attempted for others.
//
// After Jepsen's total-queue ("unexpected" = dequeued, though no enqueue was ever attempted).
// Sound: every attempt is on record before the subject hears of it, so what is not on record was not sent;
// unless the sender's record is damaged or cut short: then it is unknown.
// Indefinite outcomes: attempted, so it may be there. Failures too, here: an entry that is there although its
// sender was told that it failed is another fault, not an invention.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

struct Phantom {
  std::uint32_t agent = not_there;
  std::size_t place = 0;
  MessageId message;
  bool attempted = false;
};

// Where the message first stands in a read, from 1.
std::size_t place_in(const History& history, const Operation& read, MessageId message) {
  const auto entries = seen_by(history, read);
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Seen& seen) { return seen.message == message; });
  return static_cast<std::size_t>(found - entries.begin()) + 1;
}

}  // namespace

Finding check_phantom(const Plan& plan, const History& history) {
  Finding finding;
  const Delivery delivery(plan, history);
  const SentIndex& sent = delivery.sent();
  bool read_any = false;
  Phantom first;
  std::optional<MessageId> unrecorded;  // not on record, but the record of its sender is not whole
  for (std::uint32_t agent = 0; agent < plan.scenario.agents.count; ++agent) {
    if (delivery.final_read(agent) == not_there) continue;
    read_any = true;
    const Operation& read = history.operations[delivery.final_read(agent)];
    finding.checked += read.seen;
    for (const Seen& seen : seen_by(history, read)) {
      if (sent.find(seen.message) != not_there) continue;
      if (!is_recorded_whole(history, seen.message.sender)) {
        unrecorded = unrecorded.value_or(seen.message);
      } else if (finding.count++ == 0) {
        first = {agent, place_in(history, read, seen.message), seen.message, false};
      }
    }
  }
  RecipientsOf addressed(plan);
  for (std::uint32_t ordinal = 0; ordinal < sent.size(); ++ordinal) {
    const auto& to = addressed.sender(sent.operation(ordinal).agent);
    auto recipient = to.begin();
    for (const std::uint32_t reader : delivery.readers(ordinal)) {
      while (recipient != to.end() && *recipient < reader) ++recipient;
      if (recipient != to.end() && *recipient == reader) continue;
      if (finding.count++ != 0) continue;
      const Operation& read = history.operations[delivery.final_read(reader)];
      first = {reader, place_in(history, read, sent.id(ordinal)), sent.id(ordinal), true};
    }
  }
  if (finding.count != 0) {
    finding.verdict = Verdict::fail;
    finding.witness = fmt::format("entry {} of agent {}'s final read is {}, which {}",
                                  with_commas(first.place), first.agent, to_string(first.message),
                                  first.attempted ? "was sent to others but not to it" : "nobody sent");
  } else if (unrecorded) {
    finding.witness =
        fmt::format("the record of agent {} is not whole, so it cannot be told whether it sent {}",
                    unrecorded->sender, to_string(*unrecorded));
  } else if (finding.checked != 0) {
    finding.verdict = Verdict::pass;
  } else {
    finding.witness =
        read_any ? "the final reads hold no entry" : "no agent made a final read that ended well";
  }
  return finding;
}

}  // namespace holdfast
