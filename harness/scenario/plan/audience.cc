#include "harness/scenario/plan/audience.h"

#include "harness/scenario/plan/streams.h"

namespace holdfast {

Audience::Audience(const Plan& plan, MessageId id)
    : everyone_(plan.scenario.agents.everyone()), sender_(id.sender), count_(everyone_) {
  const Agents& agents = plan.scenario.agents;
  if (agents.mixed_recipients) {
    seed_ = stream_seed(plan.seed, Stream::recipients, id.packed());
    draw();
  } else if (agents.neighbours) {
    first_ = id.sender + 1 == everyone_ ? 0 : id.sender + 1;
    count_ = *agents.neighbours;
  }
}

void Audience::draw() {
  Random random(seed_);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random.next() % limit); };
  switch (below(8)) {
    case 0:
    case 1:
      return;  // all
    case 2:
      sender_in_ = Sender::out;
      return;
    case 3:
      first_ = (sender_ + 1) % everyone_;
      count_ = 1 + below(everyone_);
      return;
    case 4:
      first_ = below(everyone_);
      count_ = 1;
      return;
    case 5:
      count_ = 0;
      return;
    case 6:
      random_ = true;
      sender_in_ = Sender::in;
      return;
    default:
      random_ = true;
      sender_in_ = Sender::out;
  }
}

std::vector<std::uint32_t> recipients(const Plan& plan, MessageId id) {
  const Audience audience(plan, id);
  std::vector<std::uint32_t> to;
  for (std::uint32_t agent = 0; agent < plan.scenario.agents.everyone(); ++agent) {
    if (audience.has(agent)) to.push_back(agent);
  }
  return to;
}

std::vector<std::uint32_t> possible_recipients(const Plan& plan, std::uint32_t sender) {
  if (!plan.scenario.agents.mixed_recipients) return recipients(plan, {sender, 0});
  std::vector<std::uint32_t> everyone(plan.scenario.agents.everyone());
  for (std::uint32_t agent = 0; agent < everyone.size(); ++agent) everyone[agent] = agent;
  return everyone;
}

}  // namespace holdfast
