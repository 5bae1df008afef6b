// Phantom: a read holds an entry that nobody sent to this recipient: its id was never attempted, or it was attempted for
// others. Every read counts, those of readers too.
//
// After Jepsen's total-queue ("unexpected" = dequeued, though no enqueue was ever attempted).
// Sound: every attempt is on record before the subject hears of it, so what is not on record was not sent;
// unless the sender's record is damaged or cut short: then it is unknown.
// Indefinite outcomes: attempted, so it may be there. Failures too, here: an entry that is there although its
// sender was told that it failed is another fault, not an invention.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/prose.h"
#include "harness/check/reads.h"

namespace holdfast {
namespace {

struct Phantom {
  std::string read;       // "agent 0's final read"
  std::size_t place = 0;  // from 1
  MessageId message;
  bool attempted = false;
};

}  // namespace

Finding check_phantom(const Evidence& evidence) {
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  Finding finding;
  bool read_any = false;
  Phantom first;
  std::optional<MessageId> unrecorded;  // not on record, but the record of its sender is not whole
  for (std::uint32_t agent = 0; agent < evidence.plan.scenario.agents.everyone(); ++agent) {
    if (delivery.final_read(agent) == not_there) continue;
    read_any = true;
    const auto entries = seen_by(history, history.operations[delivery.final_read(agent)]);
    const auto log = delivery.log(agent);
    finding.checked += log.size();
    for (std::size_t place = 0; place < log.size(); ++place) {
      if (log[place] != never_sent && log[place] != sent_to_others) continue;
      const MessageId message = entries[place].message;
      if (log[place] == never_sent && !is_recorded_whole(history, message.sender)) {
        unrecorded = unrecorded.value_or(message);
      } else if (finding.count++ == 0) {
        first = {fmt::format("agent {}'s final read", agent), place + 1, message,
                 log[place] == sent_to_others};
      }
    }
  }
  // In the other reads, each such message counts once per agent whose mail it was in.
  std::set<std::pair<std::uint32_t, std::uint64_t>> told_already;
  for_each_other_read(evidence, [&](std::uint32_t agent, const MailRead& read) {
    std::size_t place = 0;
    for (const Seen& seen : read.entries) {
      ++place;
      if (ordinal_of(evidence, agent, seen) != not_there) continue;
      const bool attempted = delivery.sent().find(seen.message) != not_there;
      if (!attempted && !is_recorded_whole(history, seen.message.sender)) {
        unrecorded = unrecorded.value_or(seen.message);
      } else if (told_already.emplace(agent, seen.message.packed()).second && finding.count++ == 0) {
        first = {name_of(evidence, agent, read), place, seen.message, attempted};
      }
    }
  });
  finding.checked = std::max(finding.checked, finding.count);
  if (finding.count != 0) {
    finding.witness = told(
        history, fmt::format("entry {} of {} {}", with_commas(first.place), first.read,
                             first.message == no_message ? "has an id that is not a message's"
                             : first.attempted           ? "is " + to_string(first.message) +
                                                     ", which was sent to others but not to it"
                                               : "is " + to_string(first.message) + ", which nobody sent"));
  }
  return concluded(
      std::move(finding),
      unrecorded ? fmt::format("the record of agent {} is incomplete, so it is unknown whether it sent {}",
                               unrecorded->sender, to_string(*unrecorded))
                 : "",
      read_any ? "the final reads have no entries" : "no agent made a successful final read");
}

}  // namespace holdfast
