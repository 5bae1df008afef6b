// What was sent and who finally read it: the index that lost, phantom, duplicate, order and delivered share.
//
// Everything here is O(operations + entries read + messages x recipients); nothing is looked up in a map.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "harness/history/history.h"
#include "harness/scenario/plan.h"

namespace holdfast {

inline constexpr std::uint32_t not_there = 0xFFFFFFFF;

// Every broadcast that an agent of the plan attempted, by sender, then number; each has an ordinal.
class SentIndex {
 public:
  SentIndex(const Plan& plan, const History& history);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(sent_.size()); }
  [[nodiscard]] const Operation& operation(std::uint32_t ordinal) const {
    return history_->operations[sent_[ordinal].operation];
  }
  [[nodiscard]] MessageId id(std::uint32_t ordinal) const {
    return {operation(ordinal).agent, sent_[ordinal].number};
  }
  [[nodiscard]] std::uint32_t find(MessageId id) const {  // its ordinal, or not_there
    if (id.sender + std::size_t{1} >= first_.size()) return not_there;
    const std::uint32_t first = first_[id.sender];
    const std::uint32_t end = first_[id.sender + 1];
    // Numbers mostly run on from 0, so the place is known.
    if (id.number < end - first && sent_[first + id.number].number == id.number) return first + id.number;
    return search(first, end, id.number);
  }
  // Ordinals [first, end) of one sender.
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> of_sender(std::uint32_t sender) const {
    return {first_[sender], first_[sender + 1]};
  }

 private:
  struct Sent {
    std::uint32_t number;
    std::uint32_t operation;
  };
  [[nodiscard]] std::uint32_t search(std::uint32_t first, std::uint32_t end, std::uint32_t number) const;

  const History* history_;
  std::vector<Sent> sent_;
  std::vector<std::uint32_t> first_;  // by sender; one more at the end
};

// By agent: the index of the read that counts, or not_there. That is its last complete read; of a run that
// grew quiet, its last complete read that was asked for afterwards.
std::vector<std::uint32_t> final_reads(const Plan& plan, const History& history);

std::span<const Seen> seen_by(const History& history, const Operation& read);

// Who read what: for each message the recipients whose final read holds it, ascending, once for each entry.
class Delivery {
 public:
  Delivery(const Plan& plan, const History& history);

  [[nodiscard]] const SentIndex& sent() const { return sent_; }
  [[nodiscard]] std::uint32_t final_read(std::uint32_t agent) const { return final_reads_[agent]; }
  [[nodiscard]] std::span<const std::uint32_t> readers(std::uint32_t ordinal) const {
    return std::span(readers_).subspan(first_reader_[ordinal],
                                       first_reader_[ordinal + 1] - first_reader_[ordinal]);
  }

 private:
  SentIndex sent_;
  std::vector<std::uint32_t> final_reads_;
  std::vector<std::size_t> first_reader_;  // by ordinal; one more at the end
  std::vector<std::uint32_t> readers_;
};

// The recipients of one sender's messages, worked out once for all of them: a plan addresses every message of
// a sender alike (all, or the next n of the ring).
class RecipientsOf {
 public:
  explicit RecipientsOf(const Plan& plan) : plan_(plan) {}
  const std::vector<std::uint32_t>& sender(std::uint32_t sender) {
    if (sender != sender_) recipients_ = recipients(plan_, MessageId{sender, 0});
    sender_ = sender;
    return recipients_;
  }

 private:
  const Plan& plan_;
  std::uint32_t sender_ = not_there;
  std::vector<std::uint32_t> recipients_;
};

// Whether all that an agent did is known: else what its record lacks proves nothing.
bool is_recorded_whole(const History& history, std::uint32_t agent);

// Whether a read must hold a message: it was acknowledged before the read was asked for.
inline bool must_hold(const Operation& read, const Operation& broadcast) {
  return broadcast.outcome == Outcome::ok && broadcast.complete_ns <= read.invoke_ns;
}

// How often `recipient` read the message: 0, 1 or more. `readers` as of Delivery::readers.
std::size_t times_read(std::span<const std::uint32_t> readers, std::uint32_t recipient);

// By agent: whether it attempted every broadcast of the plan, and each was acknowledged and reached every
// recipient exactly once. (What cannot be told is no success.)
std::vector<bool> agent_succeeded(const Plan& plan, const History& history);

}  // namespace holdfast
