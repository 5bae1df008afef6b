// Vanished: what a read has shown is not there in a read of the same mail that was asked for afterwards.
//
// After Jepsen's set-full, where an element that is known and then absent is "lost" or "stale"; and Bailis et al.,
// "Highly Available Transactions" (2013), monotonic reads, here across processes. Sound: reads change nothing and
// nothing takes mail away, so what one read held, acknowledged or not, was in the queue when it ended, and stays.
// All processes of a run read one clock. Indefinite outcomes, and failures too: not judged by what their senders were
// told, but once they were seen they are there. Not applicable where no mail is read twice; unknown where it should
// have been.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "harness/check/checks.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"
#include "harness/check/reads.h"

namespace holdfast {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

struct Known {
  std::int64_t since_ns = never;      // the first read that held it had ended
  std::uint32_t by = 0;               // that read
  std::uint32_t last_in = not_there;  // the read that was looked at last and held it
  bool vanished = false;
};

}  // namespace

Finding check_vanished(const Evidence& evidence) {
  Finding finding;
  const auto mailboxes = mailboxes_read_often(evidence);
  const SentIndex& sent = evidence.delivery.sent();
  std::vector<Known> known(mailboxes.empty() ? 0 : sent.size());
  for (const Mailbox& mailbox : mailboxes) {
    std::vector<std::uint32_t> shown;  // what some read has held
    for (std::uint32_t i = 0; i < mailbox.reads.size(); ++i) {
      const MailRead& read = mailbox.reads[i];
      for (const Seen& seen : read.entries) {
        const std::uint32_t ordinal = ordinal_of(evidence, mailbox.agent, seen);
        if (ordinal != not_there) known[ordinal].last_in = i;
      }
      for (const std::uint32_t ordinal : shown) {
        Known& message = known[ordinal];
        if (message.since_ns > read.invoke_ns) continue;
        ++finding.checked;
        if (message.last_in == i || std::exchange(message.vanished, true) || finding.count++ != 0) continue;
        const auto back =
            std::find_if(mailbox.reads.begin() + i + 1, mailbox.reads.end(), [&](const MailRead& later) {
              return std::any_of(later.entries.begin(), later.entries.end(), [&](const Seen& seen) {
                return ordinal_of(evidence, mailbox.agent, seen) == ordinal;
              });
            });
        const Operation& broadcast = sent.operation(ordinal);
        Fates fates(evidence);
        const Fate fate = back == mailbox.reads.end()
                              ? fates.of_lost(broadcast)
                              : fates.of_missing(broadcast, read.invoke_ns, read.complete_ns);
        finding.witness = told(
            evidence.history, fmt::format("{} had {}, and {} lacks it; {}{}",
                                          name_of(evidence, mailbox.agent, mailbox.reads[message.by]),
                                          to_string(sent.id(ordinal)), name_of(evidence, mailbox.agent, read),
                                          back == mailbox.reads.end()
                                              ? "no later one has it"
                                              : name_of(evidence, mailbox.agent, *back) + " has it again",
                                          fate.story));
      }
      for (const Seen& seen : read.entries) {
        const std::uint32_t ordinal = ordinal_of(evidence, mailbox.agent, seen);
        if (ordinal == not_there) continue;
        Known& message = known[ordinal];
        if (message.since_ns == never) shown.push_back(ordinal);
        if (read.complete_ns < message.since_ns) {
          message.since_ns = read.complete_ns;
          message.by = i;
        }
      }
    }
    for (const std::uint32_t ordinal : shown) known[ordinal] = {};
  }
  return concluded(std::move(finding), "",
                   reads_are_planned(evidence) ? "no mail was read again after a read had shown it" : "");
}

}  // namespace holdfast
