// What was sent and who finally read it: computed once per history, shared by lost, phantom, duplicate, order and
// delivered.
//
// Everything here is O(operations + entries read + messages x recipients), one pass over each, without map lookups: a
// sender's numbers are consecutive, so a message's place is known.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "harness/history/history.h"
#include "harness/scenario/plan/audience.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

inline constexpr std::uint32_t not_there = 0xFFFFFFFF;

// Every broadcast that an agent of the plan attempted, by sender, then number; each has an ordinal. Also which of an
// agent's reads counts.
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
    // Numbers are mostly consecutive from 0, so the place is known.
    if (id.number < end - first && sent_[first + id.number].number == id.number) return first + id.number;
    return search(first, end, id.number);
  }
  // Ordinals [first, end) of one sender.
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> of_sender(std::uint32_t sender) const {
    return {first_[sender], first_[sender + 1]};
  }
  // Whether it was acknowledged; the same as operation(ordinal).outcome, without fetching the operation.
  [[nodiscard]] bool acknowledged(std::uint32_t ordinal) const { return acknowledged_[ordinal] != 0; }
  // When the sender's last acknowledgement came; the least value if never.
  [[nodiscard]] std::int64_t last_acknowledged_ns(std::uint32_t sender) const {
    return last_acknowledged_ns_[sender];
  }
  // The index of the agent's read that counts, or not_there: its last complete read; if the run became quiet, the
  // last one requested after that.
  [[nodiscard]] std::uint32_t final_read(std::uint32_t agent) const { return final_reads_[agent]; }

 private:
  struct Sent {
    std::uint32_t number;
    std::uint32_t operation;
  };
  void note_read(std::uint32_t index);
  void note_outcome(const Operation& broadcast);
  void sort();
  [[nodiscard]] std::uint32_t search(std::uint32_t first, std::uint32_t end, std::uint32_t number) const;

  const History* history_;
  std::vector<Sent> sent_;
  std::vector<std::uint8_t> acknowledged_;          // by ordinal; bytes, because bits are slow to add
  std::vector<std::uint32_t> first_;                // by sender; one more at the end
  std::vector<std::int64_t> last_acknowledged_ns_;  // by sender
  std::vector<std::uint32_t> final_reads_;          // by agent
};

std::span<const Seen> seen_by(const History& history, const Operation& read);

// An entry of a final read, as Delivery::log has it: the ordinal of its message, or what is wrong with it.
inline constexpr std::uint32_t never_sent = not_there;
inline constexpr std::uint32_t sent_to_others = not_there - 1;
inline constexpr std::uint32_t there_before = not_there - 2;  // the same message occurs further up
inline bool is_ordinal(std::uint32_t entry) {
  return entry < there_before;
}

// Who read what.
class Delivery {
 public:
  Delivery(const Plan& plan, const History& history);

  [[nodiscard]] const SentIndex& sent() const { return sent_; }
  [[nodiscard]] std::uint32_t final_read(std::uint32_t agent) const { return sent_.final_read(agent); }

  // The entries of the agent's final read, in its order; none if it made none.
  [[nodiscard]] std::span<const std::uint32_t> log(std::uint32_t agent) const {
    return std::span(entries_).subspan(first_entry_[agent], first_entry_[agent + 1] - first_entry_[agent]);
  }
  // How often a recipient's final read has a message, by sender, ordinal, and the recipient's place among the
  // sender's possible recipients: 0, 1, or 2 for more often.
  [[nodiscard]] std::uint8_t times_read(std::uint32_t sender, std::uint32_t ordinal,
                                        std::size_t place) const {
    return times_[cell(sender, ordinal, place)];
  }
  // Whether some recipient read the message at all.
  [[nodiscard]] bool was_read(std::uint32_t ordinal) const {
    const std::uint32_t sender = sent_.operation(ordinal).agent;
    const auto row = times_.begin() + static_cast<std::ptrdiff_t>(cell(sender, ordinal, 0));
    const auto end = row + static_cast<std::ptrdiff_t>(rows_[sender].cells_a_row);
    return std::any_of(row, end, [](std::uint8_t times) { return times != 0; });
  }

 private:
  // One row per message of a sender, with one cell per possible recipient.
  struct Rows {
    std::size_t first_cell = 0;
    std::size_t cells_a_row = 0;
  };
  [[nodiscard]] std::size_t cell(std::uint32_t sender, std::uint32_t ordinal, std::size_t place) const {
    const Rows& rows = rows_[sender];
    return rows.first_cell + (ordinal - sent_.of_sender(sender).first) * rows.cells_a_row + place;
  }
  std::uint32_t enter(const Plan& plan, MessageId message, std::uint32_t reader,
                      const std::vector<std::uint32_t>& places);

  SentIndex sent_;
  std::vector<std::size_t> first_entry_;  // by agent; one more at the end
  std::vector<std::uint32_t> entries_;
  std::vector<Rows> rows_;  // by sender
  std::vector<std::uint8_t> times_;
};

// The possible recipients of one sender's messages, computed once. A message's Audience says which of these are its
// own.
class RecipientsOf {
 public:
  explicit RecipientsOf(const Plan& plan) : plan_(plan) {}
  const std::vector<std::uint32_t>& sender(std::uint32_t sender) {
    if (sender != sender_) recipients_ = possible_recipients(plan_, sender);
    sender_ = sender;
    return recipients_;
  }

 private:
  const Plan& plan_;
  std::uint32_t sender_ = not_there;
  std::vector<std::uint32_t> recipients_;
};

// Whether an agent's record is complete: if not, nothing follows from what it lacks.
bool is_recorded_whole(const History& history, std::uint32_t agent);

// Whether a read must have a message: it was acknowledged before the read was requested.
inline bool must_hold(const Operation& read, const Operation& broadcast) {
  return broadcast.outcome == Outcome::ok && broadcast.complete_ns <= read.invoke_ns;
}

// By agent: whether it attempted every broadcast of the plan, and each was acknowledged and reached every recipient
// exactly once. (Unknown does not count as success.)
std::vector<bool> agent_succeeded(const Plan& plan, const History& history);

}  // namespace holdfast
