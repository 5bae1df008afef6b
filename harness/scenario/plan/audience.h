// The recipients of each message: a pure function of plan and message, in constant time.
//
// `recipients = "mixed"` draws a set for each message from the seed: all, all but the sender, the next few in the
// ring, one, none, and random sets with or without the sender.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/random.h"
#include "harness/history/message_id.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// The recipients of one message.
class Audience {
 public:
  Audience(const Plan& plan, MessageId id);

  [[nodiscard]] bool has(std::uint32_t agent) const {
    if (agent >= everyone_) return false;
    if (agent == sender_ && sender_in_ != Sender::as_drawn) return sender_in_ == Sender::in;
    if (random_) return (derive_seed(seed_, agent) & 1) != 0;
    const std::uint32_t distance = agent >= first_ ? agent - first_ : agent + everyone_ - first_;
    return distance < count_;
  }

 private:
  enum class Sender : std::uint8_t { as_drawn, in, out };
  void draw();

  std::uint32_t everyone_;
  std::uint32_t sender_;
  std::uint32_t first_ = 0;  // a stretch of the ring, or a random set
  std::uint32_t count_;
  std::uint64_t seed_ = 0;
  bool random_ = false;
  Sender sender_in_ = Sender::as_drawn;
};

// The recipients of message `id`, ascending; may be empty.
std::vector<std::uint32_t> recipients(const Plan& plan, MessageId id);

// The possible recipients of the sender's messages, ascending; unless recipients are mixed, each message goes to all
// of them.
std::vector<std::uint32_t> possible_recipients(const Plan& plan, std::uint32_t sender);

}  // namespace holdfast
