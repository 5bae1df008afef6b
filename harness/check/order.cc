// Order: in each recipient's final read, a message that was acknowledged before another was asked for stands
// before it; the messages of one sender therefore in the order in which it sent them.
//
// After Elle's list-append, where the order of the elements is the order of the writes, and the real-time order that
// linearizability (Herlihy and Wing, 1990) asks of an append-only log. O(entries): in log order, the latest time at
// which one of the entries so far was asked for must not exceed an entry's acknowledgement. Sound: an acknowledged
// message was appended before its sender was told so, and every other one after it was asked for. All processes of a
// run read one clock, CLOCK_MONOTONIC, before they ask and after they are told, so both times err to the side that
// excuses. Of one sender the numbers decide, where the clock stood still: it has one operation open at a time. A
// store whose saves overlap may lose messages, yet it puts none behind a later one: the save with the later one
// appended it to a queue that had it already, or that had lost it. Indefinite outcomes: may take effect at any later
// time, so none of them stands too late; nor do failures. But whatever stands behind them was not acknowledged before
// they were asked for. A message that is there twice counts where it stands first (that it is there twice is for
// `duplicate`).
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "harness/check/checks.h"
#include "harness/check/delivery.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

// The order in which the whole read does stand, where it is one that a store may have by mistake: of every sender's
// messages from the last to the first, or that of the ids as text.
std::string order_of_all(const Evidence& evidence, std::uint32_t agent) {
  constexpr std::size_t few = 3;
  const SentIndex& sent = evidence.delivery.sent();
  const auto log = evidence.delivery.log(agent);
  if (log.size() < few || !std::all_of(log.begin(), log.end(), is_ordinal)) return "";
  bool backwards = true, as_text = true;
  std::size_t most_of_one = 0;
  struct Last {
    std::size_t count = 0;
    std::uint32_t number = 0;
  };
  std::map<std::uint32_t, Last> last;  // by sender
  std::string before;
  for (const std::uint32_t ordinal : log) {
    const MessageId id = sent.id(ordinal);
    Last& of_sender = last[id.sender];
    backwards = backwards && (of_sender.count == 0 || id.number < of_sender.number);
    of_sender.number = id.number;
    most_of_one = std::max(most_of_one, ++of_sender.count);
    std::string text = to_string(id);
    as_text = as_text && before < text;
    before = std::move(text);
  }
  if (as_text) return "; the whole read is sorted by ids as text";
  if (backwards && most_of_one >= few)
    return "; the whole read has every sender's messages from the last sent to the first";
  return "";
}

std::string describe_disorder(const Evidence& evidence, std::uint32_t agent, std::uint32_t late,
                              std::uint32_t before) {
  const History& history = evidence.history;
  const SentIndex& sent = evidence.delivery.sent();
  const Operation& first = sent.operation(late);
  const Operation& second = sent.operation(before);
  const std::string found = fmt::format("agent {}'s final read has {} after {}", agent,
                                        to_string(sent.id(late)), to_string(sent.id(before)));
  if (first.agent == second.agent)
    return told(history, fmt::format("{}, which agent {} sent later (at {} and {}){}", found, first.agent,
                                     moment(first.invoke_ns), moment(second.invoke_ns),
                                     order_of_all(evidence, agent)));
  return told(
      history,
      fmt::format(
          "{}, which agent {} sent at {}, after agent {}'s broadcast {} had been acknowledged at {}{}", found,
          second.agent, moment(second.invoke_ns), first.agent, to_string(sent.id(late)),
          moment(first.complete_ns), order_of_all(evidence, agent)));
}

}  // namespace

Finding check_order(const Evidence& evidence) {
  const Delivery& delivery = evidence.delivery;
  const SentIndex& sent = delivery.sent();
  Finding finding;
  struct Latest {
    std::uint32_t reader = not_there;
    std::uint32_t ordinal = 0;
  };
  std::vector<Latest> latest(evidence.plan.scenario.agents.count);  // by sender: in this read, so far
  bool read_any = false;
  for (std::uint32_t agent = 0; agent < evidence.plan.scenario.agents.everyone(); ++agent) {
    if (delivery.final_read(agent) == not_there) continue;
    read_any = true;
    std::uint32_t youngest = not_there;  // of the entries so far, the one asked for last
    std::int64_t youngest_ns = std::numeric_limits<std::int64_t>::min();
    for (const std::uint32_t entry : delivery.log(agent)) {
      if (!is_ordinal(entry)) continue;
      const Operation& broadcast = sent.operation(entry);
      if (broadcast.outcome == Outcome::ok) {
        ++finding.checked;
        std::uint32_t too_early = youngest_ns > broadcast.complete_ns ? youngest : not_there;
        Latest& of_sender = latest[broadcast.agent];
        if (of_sender.reader == agent && of_sender.ordinal > entry) {
          too_early = of_sender.ordinal;
        } else {
          of_sender = {agent, entry};
        }
        if (too_early != not_there && finding.count++ == 0)
          finding.witness = describe_disorder(evidence, agent, entry, too_early);
      }
      if (broadcast.invoke_ns > youngest_ns) {
        youngest = entry;
        youngest_ns = broadcast.invoke_ns;
      }
    }
  }
  return concluded(
      std::move(finding), "",
      read_any ? "the final reads have no acknowledged message" : "no agent made a successful final read");
}

}  // namespace holdfast
