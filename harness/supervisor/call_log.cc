#include "harness/supervisor/call_log.h"

#include <utility>

#include "core/base/clock.h"

namespace holdfast {

void EventLog::decided(const DecidedCall& call) {
  const Decision& decision = call.decision;
  // Opens are many: only those that were refused or had to wait are written down.
  const bool opens = call.function == Function::open || call.function == Function::truncate;
  if (opens && decision.windows_code == 0 && decision.holders.empty()) return;
  const bool observed = decision.kind == Decision::Kind::pass_through;
  Event event;
  event.type = EventType::call;
  event.function = call.function;
  event.code = decision.windows_code;
  const auto& participant = call.participant;
  event.process = participant && participant->role == Role::agent ? participant->index : no_process;
  event.pid = call.process;
  event.time_ns = call.received_ns;
  event.value = {static_cast<std::uint64_t>(monotonic_ns()), static_cast<std::uint64_t>(decision.error),
                 decision.holders.size(), observed ? 1U : 0U};
  event.text = decision.path;
  if (!decision.destination.empty()) event.text.append(1, '\0').append(decision.destination);
  record(event);

  for (const NamedHolder& holder : decision.holders) {
    Event named;
    named.type = EventType::holder;
    named.process = holder.index;
    named.pid = holder.found.process;
    named.time_ns = call.received_ns;
    named.value = {static_cast<std::uint64_t>(holder.kind), holder.found.access, holder.share,
                   static_cast<std::uint64_t>(static_cast<std::int64_t>(holder.found.descriptor))};
    named.text = holder.found.program;
    named.text.append(1, '\0').append(holder.found.path);
    record(named);
  }
}

void EventLog::warned(const Doubt& doubt, bool doubtful) {
  // True of every call on such a filesystem: once a run says it.
  if (doubt.kind == DoubtKind::searched_holders && std::exchange(search_noted_, true)) return;
  Event event;
  event.type = EventType::warning;
  event.time_ns = monotonic_ns();
  event.value = {doubtful ? 1U : 0U, static_cast<std::uint64_t>(doubt.kind), doubt.times, 0};
  event.text = doubt.text;
  record(event);
}

void EventLog::counted(const Exactness& exactness) {
  Event event;
  event.type = EventType::exactness;
  event.time_ns = monotonic_ns();
  event.value = {exactness.decided, exactness.missed, 0, 0};
  record(event);
}

Result<> EventLog::close() {
  auto closed = recorder_.close();
  if (trouble_ && !closed) trouble_ = closed;
  return trouble_;
}

void EventLog::record(const Event& event) {
  if (!trouble_) return;
  if (auto recorded = recorder_.record(event); !recorded) trouble_ = fail(recorded.error());
}

}  // namespace holdfast
