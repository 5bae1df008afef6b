// Duplicate: a read of a recipient's mail holds the same message more than once.
//
// After Jepsen's total-queue ("duplicated" = dequeued more often than enqueued), which only counts them; here
// they fail. Sound: each message is sent once, under an id of its own. Indefinite outcomes: may be there or
// not, but not twice, since the harness sends nothing again. An entry that nobody sent to this recipient is a
// phantom, however often it is there.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"
#include "harness/check/reads.h"

namespace holdfast {
namespace {

// "1 and 2", "1, 2 and 3"
std::string places_of(std::span<const Seen> entries, MessageId message) {
  constexpr std::size_t most_named = 12;
  std::vector<std::string> places;
  std::size_t place = 0;
  for (const Seen& seen : entries) {
    ++place;
    if (seen.message == message) places.push_back(places.size() < most_named ? with_commas(place) : "others");
    if (places.size() > most_named) break;
  }
  const std::string last = places.back();
  places.pop_back();
  return fmt::format("{} and {}", fmt::join(places, ", "), last);
}

// Recipients that do not hold at all what another holds more than once.
std::string who_lacks_it(const Evidence& evidence, const Operation& broadcast) {
  const Delivery& delivery = evidence.delivery;
  const std::uint32_t ordinal = delivery.sent().find({broadcast.agent, broadcast.number});
  const Audience audience(evidence.plan, delivery.sent().id(ordinal));
  const auto to = possible_recipients(evidence.plan, broadcast.agent);
  std::set<std::uint32_t> without;
  for (std::size_t place = 0; place < to.size(); ++place) {
    if (!audience.has(to[place])) continue;
    const std::uint32_t read = delivery.final_read(to[place]);
    if (read == not_there || !must_hold(evidence.history.operations[read], broadcast)) continue;
    if (delivery.times_read(broadcast.agent, ordinal, place) == 0) without.insert(to[place]);
  }
  constexpr std::size_t most_named = 8;
  if (without.empty()) return "";
  return "; it was also for " +
         (without.size() <= most_named ? listed(without) : counted(without.size(), "other agent")) +
         (without.size() == 1 ? ", whose final read lacks it" : ", whose final reads lack it");
}

}  // namespace

Finding check_duplicate(const Evidence& evidence) {
  const History& history = evidence.history;
  const Delivery& delivery = evidence.delivery;
  Finding finding;
  bool read_any = false;
  for (std::uint32_t agent = 0; agent < evidence.plan.scenario.agents.everyone(); ++agent) {
    if (delivery.final_read(agent) == not_there) continue;
    read_any = true;
    const auto log = delivery.log(agent);
    finding.checked += log.size();
    for (std::size_t place = 0; place < log.size(); ++place) {
      if (log[place] != there_before || finding.count++ != 0) continue;
      const Operation& read = history.operations[delivery.final_read(agent)];
      const MessageId message = seen_by(history, read)[place].message;
      const Operation& broadcast = delivery.sent().operation(delivery.sent().find(message));
      finding.witness =
          told(history,
               fmt::format("agent {}'s final read has {} at places {} of {}{}{}", agent, to_string(message),
                           places_of(seen_by(history, read), message), with_commas(read.seen),
                           Fates(evidence).of_duplicate(broadcast).story, who_lacks_it(evidence, broadcast)));
    }
  }
  // In the other reads, each such message counts once per agent whose mail it was in.
  std::vector<std::uint32_t> read_last(delivery.sent().size(), 0);  // by ordinal: in which of them
  std::set<std::pair<std::uint32_t, std::uint32_t>> told_already;
  std::uint32_t number = 0;
  for_each_other_read(evidence, [&](std::uint32_t agent, const MailRead& read) {
    ++number;
    for (const Seen& seen : read.entries) {
      const std::uint32_t ordinal = ordinal_of(evidence, agent, seen);
      if (ordinal == not_there || std::exchange(read_last[ordinal], number) != number) continue;
      if (!told_already.emplace(agent, ordinal).second || finding.count++ != 0) continue;
      finding.witness =
          told(history, fmt::format("{} has {} at places {} of {}", name_of(evidence, agent, read),
                                    to_string(seen.message), places_of(read.entries, seen.message),
                                    with_commas(read.entries.size())));
    }
  });
  finding.checked = std::max(finding.checked, finding.count);
  return concluded(std::move(finding), "",
                   read_any ? "the final reads have no entries" : "no agent made a successful final read");
}

}  // namespace holdfast
