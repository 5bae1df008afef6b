// Duplicate: a recipient's final read holds the same message more than once.
//
// After Jepsen's total-queue ("duplicated" = dequeued more often than enqueued), which only counts them; here
// they fail. Sound: each message is sent once, under an id of its own. Indefinite outcomes: may be there or
// not, but not twice, since the harness sends nothing again. An entry that nobody sent is a phantom, however
// often it is there.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
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

Finding check_duplicate(const Plan& plan, const History& history) {
  Finding finding;
  const SentIndex sent(plan, history);
  const auto reads = final_reads(plan, history);
  std::vector<std::uint32_t> last_reader(sent.size(), not_there);
  bool read_any = false;
  for (std::uint32_t agent = 0; agent < reads.size(); ++agent) {
    if (reads[agent] == not_there) continue;
    read_any = true;
    const Operation& read = history.operations[reads[agent]];
    for (const Seen& seen : seen_by(history, read)) {
      ++finding.checked;
      const std::uint32_t ordinal = sent.find(seen.message);
      if (ordinal == not_there) continue;
      if (std::exchange(last_reader[ordinal], agent) != agent) continue;
      if (finding.count++ != 0) continue;
      finding.witness =
          fmt::format("agent {}'s final read holds {} at places {} of {}", agent, to_string(seen.message),
                      places_of(history, read, seen.message), with_commas(read.seen));
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
