#include "harness/check/delivery.h"

#include <algorithm>
#include <tuple>

namespace holdfast {

SentIndex::SentIndex(const Plan& plan, const History& history) : history_(&history) {
  const std::uint32_t agents = plan.scenario.agents.count;
  sent_.reserve(history.operations.size());
  bool in_order = true;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.function != Function::broadcast || operation.agent >= agents) continue;
    if (!sent_.empty()) {
      const Operation& before = history.operations[sent_.back().operation];
      in_order =
          in_order && std::tie(before.agent, before.number) < std::tie(operation.agent, operation.number);
    }
    sent_.push_back({operation.number, i});
  }
  // Merged histories are in order; of one that is not, the first of equal numbers counts.
  if (!in_order) {
    const auto key = [&](const Sent& sent) {
      return MessageId{history.operations[sent.operation].agent, sent.number};
    };
    std::stable_sort(sent_.begin(), sent_.end(),
                     [&](const Sent& a, const Sent& b) { return key(a) < key(b); });
    const auto same = [&](const Sent& a, const Sent& b) { return key(a) == key(b); };
    sent_.erase(std::unique(sent_.begin(), sent_.end(), same), sent_.end());
  }
  first_.assign(std::size_t{agents} + 1, 0);
  for (const Sent& sent : sent_) ++first_[history.operations[sent.operation].agent + 1];
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
}

std::uint32_t SentIndex::search(std::uint32_t first, std::uint32_t end, std::uint32_t number) const {
  const auto found =
      std::lower_bound(sent_.begin() + first, sent_.begin() + end, number,
                       [](const Sent& sent, std::uint32_t wanted) { return sent.number < wanted; });
  if (found == sent_.begin() + end || found->number != number) return not_there;
  return static_cast<std::uint32_t>(found - sent_.begin());
}

std::vector<std::uint32_t> final_reads(const Plan& plan, const History& history) {
  std::vector<std::uint32_t> reads(plan.scenario.agents.count, not_there);
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.function != Function::read || operation.outcome != Outcome::ok) continue;
    if (operation.agent >= reads.size() || operation.invoke_ns < history.quiesced_ns) continue;
    std::uint32_t& last = reads[operation.agent];
    if (last == not_there || history.operations[last].invoke_ns <= operation.invoke_ns) last = i;
  }
  return reads;
}

bool is_recorded_whole(const History& history, std::uint32_t agent) {
  return !std::binary_search(history.agents_in_doubt.begin(), history.agents_in_doubt.end(), agent);
}

std::span<const Seen> seen_by(const History& history, const Operation& read) {
  return std::span(history.seen).subspan(read.first_seen, read.seen);
}

Delivery::Delivery(const Plan& plan, const History& history)
    : sent_(plan, history), final_reads_(final_reads(plan, history)) {
  // Counting sort: readers in ascending order, grouped by message.
  std::vector<std::uint32_t> ordinals;
  first_reader_.assign(std::size_t{sent_.size()} + 1, 0);
  for (const std::uint32_t read : final_reads_) {
    if (read == not_there) continue;
    for (const Seen& seen : seen_by(history, history.operations[read])) {
      const std::uint32_t ordinal = sent_.find(seen.message);
      ordinals.push_back(ordinal);
      if (ordinal != not_there) ++first_reader_[ordinal + 1];
    }
  }
  for (std::size_t i = 1; i < first_reader_.size(); ++i) first_reader_[i] += first_reader_[i - 1];
  readers_.resize(first_reader_.back());
  std::vector<std::size_t> next(first_reader_.begin(), first_reader_.end() - 1);
  auto ordinal = ordinals.begin();
  for (std::uint32_t agent = 0; agent < final_reads_.size(); ++agent) {
    if (final_reads_[agent] == not_there) continue;
    for (std::uint32_t i = 0; i < history.operations[final_reads_[agent]].seen; ++i, ++ordinal) {
      if (*ordinal != not_there) readers_[next[*ordinal]++] = agent;
    }
  }
}

std::size_t times_read(std::span<const std::uint32_t> readers, std::uint32_t recipient) {
  const auto [first, last] = std::equal_range(readers.begin(), readers.end(), recipient);
  return static_cast<std::size_t>(last - first);
}

}  // namespace holdfast
