// Stale read: a message was acknowledged before a read was asked for, the read lacks it, and a later one holds it.
//
// After Jepsen's set-full ("stale": missing from a read after it was known, and there again later); that the store
// promises no such read is linearizability (Herlihy and Wing, 1990): a broadcast takes effect before its
// acknowledgement. What no later read holds is `lost`, and what an earlier one has shown is `vanished`. Sound: times
// are taken before a read is asked for and after an acknowledgement, by one clock. Indefinite outcomes and failures
// are not acknowledged, so no read has to hold them. How stale: from the acknowledgement to the asking; quantiles over
// messages and reads. Not applicable where no mail is read twice; unknown where it should have been.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/check/checks.h"
#include "harness/check/fate.h"
#include "harness/check/prose.h"
#include "harness/check/reads.h"

namespace holdfast {
namespace {

std::int64_t quantile(const std::vector<std::int64_t>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

struct Stale {
  std::int64_t age_ns = 0;
  std::uint32_t ordinal = 0;
  const Mailbox* mailbox = nullptr;
  const MailRead* read = nullptr;
};

}  // namespace

Finding check_stale_read(const Evidence& evidence) {
  Finding finding;
  const auto mailboxes = mailboxes_read_often(evidence);
  const SentIndex& sent = evidence.delivery.sent();
  const std::size_t looked_at = mailboxes.empty() ? 0 : sent.size();
  std::vector<std::uint32_t> first_in(looked_at, not_there);  // of this mailbox's reads
  std::vector<std::int64_t> ages_ns;
  Stale first;
  std::vector<bool> stale(looked_at, false);
  for (const Mailbox& mailbox : mailboxes) {
    const auto& reads = mailbox.reads;
    for (std::size_t i = reads.size(); i-- > 0;) {
      for (const Seen& seen : reads[i].entries) {
        const std::uint32_t ordinal = ordinal_of(evidence, mailbox.agent, seen);
        if (ordinal != not_there) first_in[ordinal] = static_cast<std::uint32_t>(i);
      }
    }
    for (std::uint32_t ordinal = 0; ordinal < sent.size(); ++ordinal) {
      const Operation& broadcast = sent.operation(ordinal);
      if (broadcast.outcome != Outcome::ok) continue;
      if (!Audience(evidence.plan, sent.id(ordinal)).has(mailbox.agent)) continue;
      const std::uint32_t seen_in = std::exchange(first_in[ordinal], not_there);
      if (seen_in == not_there) continue;  // lost
      const auto asked = std::lower_bound(
          reads.begin(), reads.end(), broadcast.complete_ns,
          [](const MailRead& read, std::int64_t time_ns) { return read.invoke_ns < time_ns; });
      finding.checked += static_cast<std::uint64_t>(reads.end() - asked);
      for (auto read = asked; read != reads.end() && read < reads.begin() + seen_in; ++read) {
        const std::int64_t age_ns = read->invoke_ns - broadcast.complete_ns;
        ages_ns.push_back(age_ns);
        if (!stale[ordinal]) ++finding.count;
        stale[ordinal] = true;
        if (first.read == nullptr || age_ns > first.age_ns) first = {age_ns, ordinal, &mailbox, &*read};
      }
    }
    std::fill(first_in.begin(), first_in.end(), not_there);
  }
  if (finding.count != 0) {
    std::sort(ages_ns.begin(), ages_ns.end());
    const Operation& broadcast = sent.operation(first.ordinal);
    finding.witness =
        told(evidence.history,
             fmt::format(
                 "agent {}'s broadcast {} was acknowledged at {}, but {} lacks it, and a later one has it{}; "
                 "{} a read lacked an acknowledged message, {} after the acknowledgement at the median, {} "
                 "at the 99th percentile and {} at most",
                 broadcast.agent, to_string(sent.id(first.ordinal)), moment(broadcast.complete_ns),
                 name_of(evidence, first.mailbox->agent, *first.read),
                 Fates(evidence).of_missing(broadcast, first.read->invoke_ns, first.read->complete_ns).story,
                 ages_ns.size() == 1 ? "once" : counted(ages_ns.size(), "time"),
                 in_seconds(quantile(ages_ns, 0.5)), in_seconds(quantile(ages_ns, 0.99)),
                 in_seconds(ages_ns.back())));
  }
  return concluded(
      std::move(finding), "",
      reads_are_planned(evidence) ? "no mail was read twice after a message for it was acknowledged" : "");
}

}  // namespace holdfast
