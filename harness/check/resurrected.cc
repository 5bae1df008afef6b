// Resurrected: a message is there although its sender was told that its broadcast failed.
//
// After Jepsen's rule that a `fail` is definite: the operation did not and will not happen. Sound: a store answers
// `fail` only for what was definitely not done (what it cannot tell is `info`), so an entry with that id was written
// against its word; a sender that tries again because it was told of a failure sends it twice. Indefinite outcomes may
// be there. Every read counts, final or not, by the agent or by a reader. Not applicable if nothing failed; unknown if
// something did, and nobody whom it was for read anything afterwards.
#include <fmt/format.h>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

struct Sighting {
  bool seen = false;
  std::uint32_t agent = 0;  // whose mail
  std::int64_t read_ns = 0;
};

}  // namespace

Finding check_resurrected(const Evidence& evidence) {
  const History& history = evidence.history;
  const SentIndex& sent = evidence.delivery.sent();
  Finding finding;
  std::vector<Sighting> sightings(sent.size());
  std::uint64_t failed = 0;
  for (std::uint32_t ordinal = 0; ordinal < sent.size(); ++ordinal)
    failed += sent.operation(ordinal).outcome == Outcome::fail ? 1 : 0;
  if (failed == 0) {
    finding.verdict = Verdict::not_applicable;
    return finding;
  }
  bool read_any = false;
  const auto look = [&](std::uint32_t agent, std::uint32_t first, std::uint32_t count, std::int64_t read_ns) {
    read_any = true;
    for (const Seen& seen : std::span(history.seen).subspan(first, count)) {
      const std::uint32_t ordinal = sent.find(seen.message);
      if (ordinal == not_there || sightings[ordinal].seen) continue;
      sightings[ordinal] = {true, agent, read_ns};
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
    finding.witness = "broadcasts failed, and no read ended well that would show them";
    return finding;
  }
  for (std::uint32_t ordinal = 0; ordinal < sent.size(); ++ordinal) {
    const Operation& broadcast = sent.operation(ordinal);
    if (broadcast.outcome != Outcome::fail) continue;
    ++finding.checked;
    const Sighting& sighting = sightings[ordinal];
    if (!sighting.seen || finding.count++ != 0) continue;
    finding.witness = fmt::format(
        "agent {} was told at {} that {} failed{}, but a read of agent {}'s mail at {} holds it",
        broadcast.agent, at_time(history, broadcast.complete_ns), to_string(sent.id(ordinal)),
        broadcast.error != 0 ? fmt::format(" ({})", history.texts[broadcast.error]) : std::string(),
        sighting.agent, at_time(history, sighting.read_ns));
  }
  finding.verdict = finding.count == 0 ? Verdict::pass : Verdict::fail;
  return finding;
}

}  // namespace holdfast
