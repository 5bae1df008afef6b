#include "harness/history/merge_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "harness/history/merge_agent.h"
#include "harness/history/plausible.h"

namespace holdfast {

void ReaderMerge::add(const Event& event) {
  if (event.type == EventType::invoke) return invoke(event);
  if (!open_ || event.op != open_op_) {
    doubts_.add("not asked",
                fmt::format("an event of type {} for {}, which is not being asked",
                            static_cast<unsigned>(event.type), to_string(MessageId::unpacked(event.op))));
    return;
  }
  switch (event.type) {
    case EventType::ok:
      return complete(event, Outcome::ok);
    case EventType::fail:
      return complete(event, Outcome::fail);
    case EventType::info:
      return complete(event, Outcome::info);
    case EventType::torn:
      history_.torn_readings.push_back(
          fmt::format("reader {}, for agent {}: {}", reader_, open_->mailbox, event.text));
      return;
    case EventType::seen:
      if (history_.seen.size() >= std::numeric_limits<std::uint32_t>::max())
        return doubts_.add("too many", "more entries read than can be counted");
      history_.seen.push_back(seen_of(event));
      ++open_->seen;
      return;
    default:
      doubts_.add("type", fmt::format("an event of type {}, which readers do not write",
                                      static_cast<unsigned>(event.type)));
  }
}

void ReaderMerge::invoke(const Event& event) {
  finish();
  const MessageId id = MessageId::unpacked(event.op);
  if (event.function != Function::read || id.sender >= process_index_limit)
    return doubts_.add("function", fmt::format("{} is asked, but it is not a read", to_string(id)));
  open_.emplace();
  open_op_ = event.op;
  open_->reader = reader_;
  open_->mailbox = id.sender;
  open_->invoke_ns = event.time_ns;
  open_->first_seen = static_cast<std::uint32_t>(history_.seen.size());
}

void ReaderMerge::complete(const Event& event, Outcome outcome) {
  open_->outcome = outcome;
  if (event.time_ns < open_->invoke_ns) doubts_.add("clock", "time runs backwards");
  open_->complete_ns = std::max({event.time_ns, open_->invoke_ns, std::int64_t{1}});
  if (!event.text.empty()) open_->error = history_.add_text(event.text);
  finish();
}

void ReaderMerge::finish() {
  if (open_) history_.readings.push_back(*open_);
  open_.reset();
}

void stand_in_for_unread(History& history) {
  if (history.quiesced_ns == 0) return;
  std::set<std::uint32_t> missing;
  for (const Reading& reading : history.readings) {
    if (reading.outcome == Outcome::ok && reading.invoke_ns >= history.quiesced_ns)
      missing.insert(reading.mailbox);
  }
  if (missing.empty()) return;
  for (const Operation& operation : history.operations) {
    if (operation.function == Function::read && operation.invoke_ns >= history.quiesced_ns)
      missing.erase(operation.agent);
  }
  for (const Reading& reading : history.readings) {
    const bool last = reading.outcome == Outcome::ok && reading.invoke_ns >= history.quiesced_ns;
    if (!last || missing.erase(reading.mailbox) == 0) continue;
    Operation read;
    read.function = Function::read;
    read.outcome = Outcome::ok;
    read.agent = reading.mailbox;
    read.first_seen = reading.first_seen;
    read.seen = reading.seen;
    read.invoke_ns = read.intended_ns = reading.invoke_ns;
    read.complete_ns = reading.complete_ns;
    history.operations.push_back(read);
  }
}

}  // namespace holdfast
