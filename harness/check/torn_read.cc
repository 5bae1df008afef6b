// Torn read: a load met bytes that do not parse, or an entry whose body is not the one that was sent.
//
// A reader must see the queue before a save or after it, never in between (snapshot atomicity). Sound: whole files are
// loaded, and the agent compares each body with the plan's, which differs from message to message; if a subject answers
// ids alone, nothing is said about bodies. Every read counts, final or not, those of readers too, and so does the load
// inside each broadcast. Indefinite outcomes: their loads count like any other; whether they were saved does not matter
// here.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "harness/check/call_words.h"
#include "harness/check/checks.h"
#include "harness/check/name_changes.h"
#include "harness/check/prose.h"
#include "harness/check/torn_evidence.h"

namespace holdfast {
namespace {

// In what way a body differs, whether any read had it whole, and which call put the message there.
std::string how_it_differs(const Evidence& evidence, const Seen& torn) {
  const History& history = evidence.history;
  const std::uint32_t ordinal = evidence.delivery.sent().find(torn.message);
  if (ordinal == not_there) return "";
  std::string text;
  const std::size_t sent = message_body(evidence.plan, torn.message).size();
  if (torn.torn_size != 0 && torn.torn_size - std::size_t{1} != sent)
    text = fmt::format(": it has {}, and {} were sent", counted(torn.torn_size - std::uint64_t{1}, "byte"),
                       with_commas(sent));
  const bool ever_whole = std::any_of(history.seen.begin(), history.seen.end(), [&](const Seen& seen) {
    return seen.message == torn.message && (seen.intact || !seen.body_told);
  });
  if (!ever_whole) text += "; no read had it intact";
  const Call* put = NameChanges(history).main_put(evidence.delivery.sent().operation(ordinal));
  if (put != nullptr && is_done(*put))
    text += fmt::format("; it was put there by agent {}'s {} at {}", put->agent, named_call(*put),
                        moment(put->answered_ns));
  return text;
}

// The earliest load that met what does not parse: what came later may only have met the same.
std::string describe_torn_load(const Evidence& evidence) {
  const History& history = evidence.history;
  const auto ended_ns = [](const Operation& operation) {
    return operation.complete_ns != 0 ? operation.complete_ns : operation.invoke_ns;
  };
  std::set<MessageId> torn;
  for (const auto& [id, error] : history.torn) torn.insert(id);
  const Operation* first = nullptr;
  for (const Operation& operation : history.operations) {
    if (!torn.contains({operation.agent, operation.number})) continue;
    if (first == nullptr || ended_ns(operation) < ended_ns(*first)) first = &operation;
  }
  if (first == nullptr) {
    const auto& [id, error] = history.torn.front();
    return fmt::format("agent {} loaded an incomplete queue: {}", id.sender, error);
  }
  const auto of_first = std::find_if(history.torn.begin(), history.torn.end(), [&](const auto& one) {
    return one.first == MessageId{first->agent, first->number};
  });
  const std::string what = first->function == Function::read
                               ? std::string("reading its mail")
                               : "broadcasting " + to_string(MessageId{first->agent, first->number});
  return told(history, fmt::format("agent {} loaded an incomplete queue at {}, while {}: {}{}", first->agent,
                                   moment(ended_ns(*first)), what, of_first->second,
                                   how_torn(evidence, *first, of_first->second)));
}

}  // namespace

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
          told(history,
               fmt::format("entry {} of a read by agent {} at {} is {}, but its body is not what was sent{}",
                           with_commas(std::uint64_t{i} + 1), operation.agent, moment(operation.complete_ns),
                           to_string(seen.message), how_it_differs(evidence, seen)));
    }
  }
  for (const Reading& reading : history.readings) {
    if (reading.outcome == Outcome::ok) ++finding.checked;
    for (std::uint32_t i = 0; i < reading.seen; ++i) {
      const Seen& seen = history.seen[reading.first_seen + i];
      finding.checked += seen.body_told ? 1 : 0;
      if (seen.intact || finding.count++ != 0) continue;
      finding.witness = told(history, fmt::format("entry {} of reader {}'s read of agent {}'s mail at {} is "
                                                  "{}, but its body is not what was sent{}",
                                                  with_commas(std::uint64_t{i} + 1), reading.reader,
                                                  reading.mailbox, moment(reading.complete_ns),
                                                  to_string(seen.message), how_it_differs(evidence, seen)));
    }
  }
  finding.count += history.torn.size() + history.torn_readings.size();
  if (!history.torn_readings.empty())
    finding.witness = "an incomplete queue was loaded by " + history.torn_readings.front();
  finding.checked = std::max<std::uint64_t>(finding.checked, finding.count);
  if (!history.torn.empty()) finding.witness = describe_torn_load(evidence);
  return concluded(std::move(finding), "",
                   "no operation succeeded, so no load is known to have been complete");
}

}  // namespace holdfast
