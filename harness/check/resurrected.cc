// Resurrected: a message is there although its sender was told that its broadcast failed.
//
// After Jepsen's rule that a `fail` is definite: the operation did not and will not happen. Sound: a store answers
// `fail` only for what was definitely not done (what it cannot tell is `info`), so an entry with that id was written
// against its word; a sender that retries after a reported failure sends it twice. Indefinite outcomes may be there.
// Every read counts, final or not, by the agent or by a reader. Not applicable if nothing failed; unknown if
// something did, and nobody whom it was for read anything afterwards.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

// A message whose sender was told that it failed, and the first read that held it all the same.
struct Failed {
  std::uint32_t ordinal = 0;
  std::uint32_t agent = not_there;  // whose mail; not_there: no read did
  std::int64_t read_ns = 0;
};

}  // namespace

Finding check_resurrected(const Evidence& evidence) {
  const History& history = evidence.history;
  const SentIndex& sent = evidence.delivery.sent();
  Finding finding;
  std::vector<Failed> failed;  // ascending
  for (std::uint32_t ordinal = 0; ordinal < sent.size(); ++ordinal) {
    if (sent.operation(ordinal).outcome == Outcome::fail) failed.push_back({ordinal});
  }
  if (failed.empty()) {
    finding.verdict = Verdict::not_applicable;
    return finding;
  }
  bool read_any = false;
  const auto look = [&](std::uint32_t agent, std::uint32_t first, std::uint32_t count, std::int64_t read_ns) {
    read_any = true;
    for (const Seen& seen : std::span(history.seen).subspan(first, count)) {
      const std::uint32_t ordinal = sent.find(seen.message);
      if (ordinal == not_there || sent.operation(ordinal).outcome != Outcome::fail) continue;
      Failed& message =
          *std::lower_bound(failed.begin(), failed.end(), ordinal,
                            [](const Failed& other, std::uint32_t wanted) { return other.ordinal < wanted; });
      if (message.agent == not_there) message = {ordinal, agent, read_ns};
    }
  };
  for (const Operation& operation : history.operations) {
    if (operation.function == Function::read && operation.outcome == Outcome::ok)
      look(operation.agent, operation.first_seen, operation.seen, operation.invoke_ns);
  }
  for (const Reading& reading : history.readings) {
    if (reading.outcome == Outcome::ok)
      look(reading.mailbox, reading.first_seen, reading.seen, reading.invoke_ns);
  }
  if (!read_any) {
    finding.witness = "broadcasts failed, and no read succeeded that could show them";
    return finding;
  }
  for (const Failed& message : failed) {
    ++finding.checked;
    if (message.agent == not_there || finding.count++ != 0) continue;
    const Operation& broadcast = sent.operation(message.ordinal);
    finding.witness =
        told(history,
             fmt::format(
                 "agent {}'s broadcast {} was reported as failed at {}{}, but a read of agent {}'s mail at "
                 "{} has it{}",
                 broadcast.agent, to_string(sent.id(message.ordinal)), moment(broadcast.complete_ns),
                 broadcast.error != 0 ? fmt::format(" ({})", history.texts[broadcast.error]) : std::string(),
                 message.agent, moment(message.read_ns), Fates(evidence).of_resurrected(broadcast).story));
  }
  finding.verdict = finding.count == 0 ? Verdict::pass : Verdict::fail;
  return finding;
}

}  // namespace holdfast
