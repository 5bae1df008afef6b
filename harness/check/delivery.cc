#include "harness/check/delivery.h"

#include <algorithm>
#include <limits>

namespace holdfast {

SentIndex::SentIndex(const Plan& plan, const History& history)
    : history_(&history),
      first_(std::size_t{plan.scenario.agents.count} + 1, 0),
      last_acknowledged_ns_(plan.scenario.agents.count, std::numeric_limits<std::int64_t>::min()),
      final_reads_(plan.scenario.agents.everyone(), not_there) {
  sent_.reserve(history.operations.size());
  acknowledged_.reserve(history.operations.size());
  bool in_order = true;
  MessageId before;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.agent >= plan.scenario.agents.everyone()) continue;
    if (operation.function == Function::read) note_read(i);
    if (operation.function != Function::broadcast || operation.agent >= plan.scenario.agents.count) continue;
    const MessageId id{operation.agent, operation.number};
    in_order = in_order && (sent_.empty() || before < id);
    before = id;
    sent_.push_back({operation.number, i});
    note_outcome(operation);
    ++first_[operation.agent + 1];
  }
  if (!in_order) sort();
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
}

void SentIndex::note_read(std::uint32_t index) {
  const Operation& read = history_->operations[index];
  if (read.outcome != Outcome::ok || read.invoke_ns < history_->quiesced_ns) return;
  std::uint32_t& last = final_reads_[read.agent];
  if (last == not_there || history_->operations[last].invoke_ns <= read.invoke_ns) last = index;
}

void SentIndex::note_outcome(const Operation& broadcast) {
  const bool ok = broadcast.outcome == Outcome::ok;
  acknowledged_.push_back(ok ? 1 : 0);
  std::int64_t& last_ns = last_acknowledged_ns_[broadcast.agent];
  if (ok) last_ns = std::max(last_ns, broadcast.complete_ns);
}

// Merged histories are in order; of one that is not, the first of equal numbers counts.
void SentIndex::sort() {
  const auto key = [&](const Sent& sent) {
    return MessageId{history_->operations[sent.operation].agent, sent.number};
  };
  std::stable_sort(sent_.begin(), sent_.end(), [&](const Sent& a, const Sent& b) { return key(a) < key(b); });
  const auto same = [&](const Sent& a, const Sent& b) { return key(a) == key(b); };
  sent_.erase(std::unique(sent_.begin(), sent_.end(), same), sent_.end());
  std::fill(first_.begin(), first_.end(), 0);
  acknowledged_.clear();
  for (const Sent& sent : sent_) {
    ++first_[key(sent).sender + 1];
    note_outcome(history_->operations[sent.operation]);
  }
}

std::uint32_t SentIndex::search(std::uint32_t first, std::uint32_t end, std::uint32_t number) const {
  const auto found =
      std::lower_bound(sent_.begin() + first, sent_.begin() + end, number,
                       [](const Sent& sent, std::uint32_t wanted) { return sent.number < wanted; });
  if (found == sent_.begin() + end || found->number != number) return not_there;
  return static_cast<std::uint32_t>(found - sent_.begin());
}

bool is_recorded_whole(const History& history, std::uint32_t agent) {
  return !std::binary_search(history.agents_in_doubt.begin(), history.agents_in_doubt.end(), agent);
}

std::span<const Seen> seen_by(const History& history, const Operation& read) {
  return std::span(history.seen).subspan(read.first_seen, read.seen);
}

Delivery::Delivery(const Plan& plan, const History& history) : sent_(plan, history) {
  const std::uint32_t senders = plan.scenario.agents.count;
  const std::uint32_t agents = plan.scenario.agents.everyone();
  struct Mail {
    std::uint32_t sender;
    std::uint32_t place;  // of the recipient among those that this sender's messages may be for
  };
  std::vector<std::vector<Mail>> mail(agents);  // by recipient
  rows_.resize(senders);
  std::size_t cells = 0;
  for (std::uint32_t sender = 0; sender < senders; ++sender) {
    const auto [first, end] = sent_.of_sender(sender);
    if (first == end) continue;
    const auto to = possible_recipients(plan, sender);
    rows_[sender] = {cells, to.size()};
    cells += to.size() * (end - first);
    for (std::uint32_t place = 0; place < to.size(); ++place) mail[to[place]].push_back({sender, place});
  }
  times_.resize(cells);

  std::size_t entries = 0;
  for (std::uint32_t reader = 0; reader < agents; ++reader) {
    first_entry_.push_back(entries);
    if (final_read(reader) != not_there) entries += history.operations[final_read(reader)].seen;
  }
  first_entry_.push_back(entries);
  entries_.reserve(entries);
  std::vector<std::uint32_t> places(senders, not_there);  // by sender: the reader's among its recipients
  for (std::uint32_t reader = 0; reader < agents; ++reader) {
    if (final_read(reader) == not_there) continue;
    for (const Mail& from : mail[reader]) places[from.sender] = from.place;
    for (const Seen& seen : seen_by(history, history.operations[final_read(reader)]))
      entries_.push_back(enter(plan, seen.message, reader, places));
    for (const Mail& from : mail[reader]) places[from.sender] = not_there;
  }
}

std::uint32_t Delivery::enter(const Plan& plan, MessageId message, std::uint32_t reader,
                              const std::vector<std::uint32_t>& places) {
  const std::uint32_t ordinal = sent_.find(message);
  if (ordinal == not_there) return never_sent;
  if (places[message.sender] == not_there || !Audience(plan, message).has(reader)) return sent_to_others;
  std::uint8_t& times = times_[cell(message.sender, ordinal, places[message.sender])];
  if (times != 2) ++times;
  return times == 1 ? ordinal : there_before;
}

}  // namespace holdfast
