// Swallowed refusal: a broadcast was acknowledged though its rename or link was refused and nothing repeated it, and a
// read that was asked for afterwards lacks the message.
//
// Why it is lost or stale, where `lost` and `stale-read` say that it is: the error was not looked at. Sound: a store may
// do without a call that was refused (a second copy, a journal that is cut another time), so one whose message reads
// hold is held against nobody; nor is one that put something else in place in the same operation. Only a read tells: by
// the next replace the message may have come by another way, so reads that end later and hold it prove nothing, and
// where no other read does either, that is unknown. Indefinite outcomes and failures promise nothing. Not applicable
// where no acknowledged broadcast gave a refused rename up.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "harness/check/attempts.h"
#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/fate.h"
#include "harness/check/name_changes.h"
#include "harness/check/prose.h"
#include "harness/check/reads.h"

namespace holdfast {
namespace {

// The rename or link that the operation gave up, with nothing else put in place; or none.
const Call* swallowed(const History& history, const Operation& operation) {
  if (operation.calls == 0) return nullptr;
  const Call* given_up = nullptr;
  for (const Call* call : attempts_of(history, operation).given_up) {
    if (puts_a_name(*call)) given_up = call;
  }
  if (given_up == nullptr) return nullptr;
  const auto calls = calls_of(history, operation);
  // Moving the old file out of the way puts nothing in place.
  const bool other_way = std::any_of(calls.begin(), calls.end(), [&](const Call& call) {
    return puts_a_name(call) && call.os_error == 0 && call.path != given_up->destination;
  });
  return other_way ? nullptr : given_up;
}

// When each name was replaced, in order.
class Replaces {
 public:
  explicit Replaces(const History& history) {
    for (const Call& call : history.calls) {
      if (puts_a_name(call) && call.os_error == 0) times_ns_[call.destination].push_back(call.answered_ns);
    }
    for (auto& [name, times] : times_ns_) std::sort(times.begin(), times.end());
  }
  // The greatest of times if there is none.
  [[nodiscard]] std::int64_t next_ns(const Call& refused) const {
    constexpr std::int64_t never_ns = std::numeric_limits<std::int64_t>::max();
    const auto found = times_ns_.find(refused.destination);
    if (found == times_ns_.end()) return never_ns;
    const auto next = std::lower_bound(found->second.begin(), found->second.end(), refused.answered_ns);
    return next != found->second.end() ? *next : never_ns;
  }

 private:
  std::map<std::string, std::vector<std::int64_t>> times_ns_;  // by name
};

bool holds(const std::span<const Seen>& entries, MessageId message) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Seen& seen) { return seen.message == message; });
}

enum class Told : std::uint8_t { missing, there, nothing };

// What the reads of its recipients say, the first of each that was asked for after it was acknowledged.
class ReadersOf {
 public:
  explicit ReadersOf(const Evidence& evidence)
      : evidence_(evidence), mailboxes_(mailboxes_read_often(evidence)) {}

  Told tell(const Operation& broadcast, std::int64_t until_ns, std::string& read_by) const {
    const MessageId message{broadcast.agent, broadcast.number};
    Told answer = Told::nothing;
    for (const std::uint32_t agent : recipients(evidence_.plan, message)) {
      const auto read = first_after(agent, broadcast.complete_ns);
      if (!read) continue;
      if (!holds(read->entries, message)) {
        read_by = name_of(evidence_, agent, *read);
        return Told::missing;
      }
      if (read->complete_ns <= until_ns) answer = Told::there;
    }
    return answer;
  }

 private:
  [[nodiscard]] std::optional<MailRead> first_after(std::uint32_t agent, std::int64_t time_ns) const {
    for (const Mailbox& mailbox : mailboxes_) {
      if (mailbox.agent != agent) continue;
      const auto read = std::lower_bound(
          mailbox.reads.begin(), mailbox.reads.end(), time_ns,
          [](const MailRead& one, std::int64_t wanted_ns) { return one.invoke_ns < wanted_ns; });
      if (read != mailbox.reads.end()) return *read;
      return std::nullopt;
    }
    const std::uint32_t index = evidence_.delivery.final_read(agent);
    if (index == not_there) return std::nullopt;
    const Operation& read = evidence_.history.operations[index];
    if (read.invoke_ns < time_ns) return std::nullopt;
    return MailRead{no_process, read.invoke_ns, read.complete_ns, seen_by(evidence_.history, read)};
  }

  const Evidence& evidence_;
  std::vector<Mailbox> mailboxes_;
};

}  // namespace

Finding check_swallowed_refusal(const Evidence& evidence) {
  const History& history = evidence.history;
  Finding finding;
  std::optional<ReadersOf> readers;
  std::optional<Replaces> replaces;
  std::uint64_t there = 0;
  for (const Operation& operation : history.operations) {
    if (operation.function != Function::broadcast || operation.outcome != Outcome::ok) continue;
    const Call* refused = swallowed(history, operation);
    if (refused == nullptr) continue;
    ++finding.checked;
    if (!readers) readers.emplace(evidence);
    if (!replaces) replaces.emplace(history);
    std::string read_by;
    const Told what = readers->tell(operation, replaces->next_ns(*refused), read_by);
    if (what == Told::there) ++there;
    if (what != Told::missing || finding.count++ != 0) continue;
    finding.witness =
        told(history,
             fmt::format("agent {}'s broadcast {} was acknowledged at {}, but {} lacks it{}", operation.agent,
                         to_string(MessageId{operation.agent, operation.number}),
                         moment(operation.complete_ns), read_by, Fates(evidence).of_lost(operation).story));
  }
  std::string doubt;
  if (finding.checked != 0 && there == 0) {
    doubt = fmt::format(
        "{} acknowledged although a refused rename was never repeated, and no read shows whether the message "
        "was there",
        finding.checked == 1 ? "1 broadcast was" : with_commas(finding.checked) + " broadcasts were");
  }
  return concluded(std::move(finding), std::move(doubt), "");
}

}  // namespace holdfast
