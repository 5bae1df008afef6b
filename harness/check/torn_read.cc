// Torn read: a load met bytes that do not parse, or an entry whose body is not the one that was sent.
//
// A reader must see the queue before a save or after it, never in between (snapshot atomicity). Sound: whole files are
// loaded, and the agent compares each body with the plan's, which differs from message to message; if a subject answers
// ids alone, nothing is said about bodies. Every read counts, final or not, those of readers too, and so does the load
// inside each broadcast. Indefinite outcomes: their loads count like any other; whether they were saved does not matter
// here.
#include <fmt/format.h>

#include <algorithm>

#include "harness/check/checks.h"
#include "harness/check/prose.h"

namespace holdfast {

Finding check_torn_read(const Evidence& evidence) {
  const History& history = evidence.history;
  Finding finding;
  for (const Operation& operation : history.operations) {
    // An answered operation has loaded the queue; one that failed may have failed before that.
    if (operation.outcome == Outcome::ok) ++finding.checked;
    for (std::uint32_t i = 0; i < operation.seen; ++i) {
      const Seen& seen = history.seen[operation.first_seen + i];
      finding.checked += seen.body_told ? 1 : 0;
      if (seen.intact || finding.count++ != 0) continue;
      finding.witness =
          fmt::format("entry {} of a read by agent {} at {} is {}, but its body is not what was sent",
                      with_commas(std::uint64_t{i} + 1), operation.agent,
                      at_time(history, operation.complete_ns), to_string(seen.message));
    }
  }
  for (const Reading& reading : history.readings) {
    if (reading.outcome == Outcome::ok) ++finding.checked;
    for (std::uint32_t i = 0; i < reading.seen; ++i) {
      const Seen& seen = history.seen[reading.first_seen + i];
      finding.checked += seen.body_told ? 1 : 0;
      if (seen.intact || finding.count++ != 0) continue;
      finding.witness = fmt::format(
          "entry {} of reader {}'s read of agent {}'s mail at {} is {}, but its body is not what was sent",
          with_commas(std::uint64_t{i} + 1), reading.reader, reading.mailbox,
          at_time(history, reading.complete_ns), to_string(seen.message));
    }
  }
  finding.count += history.torn.size() + history.torn_readings.size();
  if (!history.torn_readings.empty())
    finding.witness = "a queue that is no whole queue was loaded by " + history.torn_readings.front();
  finding.checked = std::max<std::uint64_t>(finding.checked, finding.count);
  if (!history.torn.empty()) {
    const auto& [operation, error] = history.torn.front();
    finding.witness = fmt::format("agent {} loaded a queue that is no whole queue, for {}: {}",
                                  operation.sender, to_string(operation), error);
  }
  if (finding.count != 0) {
    finding.verdict = Verdict::fail;
  } else if (finding.checked != 0) {
    finding.verdict = Verdict::pass;
  } else {
    finding.witness = "no operation ended well, so no load is known to have been whole";
  }
  return finding;
}

}  // namespace holdfast
