// Order: in each recipient's final read, the messages of one sender stand in the order in which it sent them.
//
// After Elle's list-append, where the order of the elements is the order of the writes. Sound: an agent has
// one operation open at a time and numbers them upwards, so of two acknowledged ones the lower number was
// appended first. Indefinite outcomes: may take effect at any later time, so they have no order; nor have
// failures. A message that is there twice counts where it stands first (that it is there twice is for
// `duplicate`).
#include <fmt/format.h>

#include <utility>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/prose.h"

namespace holdfast {

Finding check_order(const Plan& plan, const History& history) {
  Finding finding;
  const SentIndex sent(plan, history);
  const auto reads = final_reads(plan, history);
  std::vector<std::uint32_t> last_reader(sent.size(), not_there);
  struct Latest {
    std::uint32_t reader = not_there;
    std::uint32_t ordinal = 0;
  };
  std::vector<Latest> latest(
      plan.scenario.agents.count);  // by sender: the latest message so far in this read
  bool read_any = false;
  for (std::uint32_t agent = 0; agent < reads.size(); ++agent) {
    if (reads[agent] == not_there) continue;
    read_any = true;
    for (const Seen& seen : seen_by(history, history.operations[reads[agent]])) {
      const std::uint32_t ordinal = sent.find(seen.message);
      if (ordinal == not_there || sent.operation(ordinal).outcome != Outcome::ok) continue;
      if (std::exchange(last_reader[ordinal], agent) == agent) continue;
      ++finding.checked;
      Latest& before = latest[seen.message.sender];
      if (before.reader != agent || before.ordinal < ordinal) {
        before = {agent, ordinal};
        continue;
      }
      if (finding.count++ != 0) continue;
      finding.witness =
          fmt::format("agent {}'s final read holds {} behind {}, which agent {} sent later (at {} and {})",
                      agent, to_string(seen.message), to_string(sent.id(before.ordinal)), seen.message.sender,
                      at_time(history, sent.operation(ordinal).invoke_ns),
                      at_time(history, sent.operation(before.ordinal).invoke_ns));
    }
  }
  if (finding.count != 0) {
    finding.verdict = Verdict::fail;
  } else if (finding.checked != 0) {
    finding.verdict = Verdict::pass;
  } else {
    finding.witness = read_any ? "the final reads hold no acknowledged message"
                               : "no agent made a final read that ended well";
  }
  return finding;
}

}  // namespace holdfast
