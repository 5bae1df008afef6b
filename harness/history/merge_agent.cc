#include "harness/history/merge_agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

namespace holdfast {

void AgentMerge::add(const Event& event) {
  switch (event.type) {
    case EventType::invoke:
      return invoke(event);
    case EventType::ok:
      return complete(event, Outcome::ok);
    case EventType::fail:
      return complete(event, Outcome::fail);
    case EventType::info:
      return complete(event, Outcome::info);
    case EventType::seen:
      return seen(event);
    case EventType::torn:
      return torn(event);
    case EventType::handles:
      history_.halfway.push_back({agent_, event.value[0], event.time_ns, event.value[1]});
      return;
    case EventType::ended_program:
      history_.ended.push_back({agent_, event.pid,
                                history_.operations.empty() ? 0 : history_.operations.back().invoke_ns,
                                event.time_ns});
      return;
    case EventType::restarted:
      advance_clock(event);
      return finish();
    default:
      doubts_.add("type", fmt::format("an event of type {}, which agents do not write",
                                      static_cast<unsigned>(event.type)));
  }
}

void AgentMerge::finish() {
  if (open_) history_.operations.push_back(*open_);
  open_.reset();
}

void AgentMerge::advance_clock(const Event& event) {
  if (event.time_ns < last_time_ns_) {
    doubts_.add("clock", fmt::format("time runs backwards, from {} to {} ns", last_time_ns_, event.time_ns));
  }
  last_time_ns_ = std::max(last_time_ns_, event.time_ns);
}

void AgentMerge::invoke(const Event& event) {
  const MessageId id = MessageId::unpacked(event.op);
  if (open_) {
    doubts_.add("unanswered", fmt::format("{} is asked before {} was answered", to_string(id),
                                          to_string(MessageId{agent_, open_->number})));
    finish();
  }
  if (event.function != Function::broadcast && event.function != Function::read) {
    doubts_.add("function",
                fmt::format("{} is asked, but it is neither a broadcast nor a read", to_string(id)));
    return;
  }
  if (id.sender != agent_) {
    doubts_.add("sender", fmt::format("{} is asked of agent {}", to_string(id), agent_));
    return;
  }
  if (event.function == Function::broadcast) {
    if (last_broadcast_ && id.number <= *last_broadcast_) {
      doubts_.add("number", fmt::format("broadcast {} comes after {}", to_string(id),
                                        to_string(MessageId{agent_, *last_broadcast_})));
      return;
    }
    last_broadcast_ = id.number;
  }
  advance_clock(event);
  last_position_.reset();
  open_.emplace();
  open_->function = event.function;
  open_->agent = agent_;
  open_->number = id.number;
  open_->intended_ns = static_cast<std::int64_t>(event.value[0]);
  open_->invoke_ns = event.time_ns;
  open_->first_seen = static_cast<std::uint32_t>(history_.seen.size());
}

bool AgentMerge::is_open(const Event& event, const char* what) {
  if (open_ && event.op == MessageId{agent_, open_->number}.packed() &&
      (event.function == Function::none || event.function == open_->function)) {
    return true;
  }
  doubts_.add(what, fmt::format("{} for {}, which is not being asked", what,
                                to_string(MessageId::unpacked(event.op))));
  return false;
}

void AgentMerge::complete(const Event& event, Outcome outcome) {
  if (!is_open(event, "an answer")) return;
  advance_clock(event);
  open_->outcome = outcome;
  open_->code = event.code;
  // A clock that ran backwards must not make an operation that ends before it begins, nor one never answered.
  open_->complete_ns = std::max({event.time_ns, open_->invoke_ns, std::int64_t{1}});
  if (!event.text.empty()) open_->error = history_.add_text(event.text);
  finish();
}

void AgentMerge::seen(const Event& event) {
  if (!is_open(event, "an entry read")) return;
  if (open_->function != Function::read) {
    doubts_.add("not a read",
                fmt::format("an entry read by broadcast {}", to_string(MessageId{agent_, open_->number})));
    return;
  }
  if (history_.seen.size() >= std::numeric_limits<std::uint32_t>::max()) {
    doubts_.add("too many", "more entries read than can be counted");
    return;
  }
  if (event.value[1] > std::numeric_limits<std::uint32_t>::max() ||
      event.value[2] > static_cast<std::uint64_t>(SeenBody::untold) ||
      (last_position_ && event.value[1] <= *last_position_)) {
    doubts_.add("position", fmt::format("entry {} is at position {}, not after the one before it",
                                        to_string(MessageId::unpacked(event.value[0])), event.value[1]));
  }
  last_position_ = static_cast<std::uint32_t>(event.value[1]);
  history_.seen.push_back(seen_of(event));
  ++open_->seen;
}

void AgentMerge::torn(const Event& event) {
  if (!is_open(event, "a torn load")) return;
  history_.torn.emplace_back(MessageId{agent_, open_->number}, event.text);
}

namespace {

template <typename T>
void append(std::vector<T>&& part, std::vector<T>& whole) {
  if (whole.empty() && whole.capacity() < part.size()) {
    whole = std::move(part);
  } else {
    whole.insert(whole.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
  }
}

}  // namespace

bool append_agent(History&& part, History& whole) {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  append(std::move(part.doubts), whole.doubts);
  append(std::move(part.warnings), whole.warnings);
  if (part.operations.size() > most - whole.operations.size() ||
      part.seen.size() > most - whole.seen.size()) {
    whole.doubts.push_back({DoubtKind::contradiction,
                            fmt::format("agent {}: more operations or entries read than can be counted",
                                        part.operations.front().agent)});
    return false;
  }
  const auto first_seen = static_cast<std::uint32_t>(whole.seen.size());
  const auto first_text =
      static_cast<std::uint32_t>(whole.texts.size() - 1);  // both begin with the empty one
  for (Operation& operation : part.operations) {
    operation.first_seen += first_seen;
    if (operation.error != 0) operation.error += first_text;
  }
  part.texts.erase(part.texts.begin());
  append(std::move(part.operations), whole.operations);
  append(std::move(part.seen), whole.seen);
  append(std::move(part.texts), whole.texts);
  append(std::move(part.torn), whole.torn);
  append(std::move(part.halfway), whole.halfway);
  append(std::move(part.ended), whole.ended);
  return true;
}

}  // namespace holdfast
