// Duplicate: a recipient's final read holds the same message more than once.
//
// After Jepsen's total-queue ("duplicated" = dequeued more often than enqueued), which only counts them; here
// they fail. Sound: each message is sent once, under an id of its own. Indefinite outcomes: may be there or
// not, but not twice, since the harness sends nothing again. An entry that nobody sent to this recipient is a
// phantom, however often it is there.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

std::string places_of(const History& history, const Operation& read, MessageId message) {
  std::string places;
  std::size_t place = 0;
  for (const Seen& seen : seen_by(history, read)) {
    ++place;
    if (seen.message == message) places += (places.empty() ? "" : " and ") + with_commas(place);
    if (places.size() > 60) return places + " and others";
  }
  return places;
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
          told(history, fmt::format("agent {}'s final read holds {} at places {} of {}{}", agent,
                                    to_string(message), places_of(history, read, message),
                                    with_commas(read.seen), Fates(evidence).of_duplicate(broadcast).story));
    }
  }
  if (finding.count != 0) {
    finding.verdict = Verdict::fail;
  } else if (finding.checked != 0) {
    finding.verdict = Verdict::pass;
  } else {
    finding.witness =
        read_any ? "the final reads hold no entry" : "no agent made a final read that ended well";
  }
  return finding;
}

}  // namespace holdfast
