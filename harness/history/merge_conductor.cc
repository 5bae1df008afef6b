#include "harness/history/merge_conductor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/history/plausible.h"
#include "harness/history/text_fields.h"

namespace holdfast {

namespace {

// Cut, so that no file makes a sum overflow.
std::int64_t bounded(std::uint64_t count) {
  constexpr std::uint64_t most = 1'000'000'000'000'000;
  return static_cast<std::int64_t>(std::min(count, most));
}

std::optional<std::int64_t> if_known(std::uint64_t count) {
  return count == UINT64_MAX ? std::nullopt : std::optional(bounded(count));
}

}  // namespace

void ConductorMerge::add(Event&& event) {
  switch (event.type) {
    case EventType::spawned:
      return spawned(event);
    case EventType::exited:
      return exited(event);
    case EventType::mark:
      return mark(event);
    case EventType::leftover:
      return leftover(std::move(event));
    case EventType::idle:
      return idle(std::move(event));
    case EventType::locks:
      history_.lock_looks.push_back({event.time_ns, event.value[0] != 0});
      return;
    case EventType::lock:
      return lock(std::move(event));
    case EventType::reference:
      (event.value[0] == 0 ? history_.reference_before : history_.reference_after) = {
          event.value[1], static_cast<std::int64_t>(event.value[2] & INT64_MAX)};
      return;
    case EventType::standstill:
      return standstill(event);
    case EventType::processors:
      return processors(event);
    case EventType::disk:
      return disk(event);
    case EventType::disk_speed:
      // As it was when the run began: later, the run's own writes are still on their way.
      if (history_.disk_bytes_per_s != 0) return;
      history_.disk_bytes_per_s = static_cast<double>(event.value[0]);
      history_.disk_flush_ns = bounded(event.value[1]);
      return;
    default:
      doubts_.add("type", fmt::format("an event of type {}, which the conductor does not write",
                                      static_cast<unsigned>(event.type)));
  }
}

void ConductorMerge::finish() {
  const bool in_order = (history_.quiesced_ns == 0 || history_.quiesced_ns >= history_.started_ns) &&
                        (history_.finished_ns == 0 || history_.finished_ns >= history_.quiesced_ns);
  if (!in_order) doubts_.add("order", "the run's start, quiet and finish are not in that order");
}

void ConductorMerge::spawned(const Event& event) {
  if (event.value[0] < static_cast<std::uint64_t>(Role::agent) ||
      event.value[0] > static_cast<std::uint64_t>(Role::reader)) {
    return doubts_.add("role", fmt::format("a process of unknown role {}", event.value[0]));
  }
  if (event.process != no_process && event.process >= process_index_limit) {
    return doubts_.add("process", fmt::format("process {}, more than a run can have", event.process));
  }
  ProcessRecord record;
  record.role = static_cast<Role>(event.value[0]);
  record.index = event.process;
  record.pid = event.pid;
  latest_[{record.role, record.index}] = history_.processes.size();
  history_.processes.push_back(record);
}

void ConductorMerge::exited(const Event& event) {
  const auto found = latest_.find({static_cast<Role>(event.value[0]), event.process});
  if (event.value[0] > static_cast<std::uint64_t>(Role::reader) || found == latest_.end()) {
    return doubts_.add(
        "exit", fmt::format("process {} (pid {}) ended, but it was never started", event.process, event.pid));
  }
  ProcessRecord& record = history_.processes[found->second];
  if (record.exited) {
    return doubts_.add("exit twice",
                       fmt::format("process {} (pid {}) ended twice", event.process, event.pid));
  }
  record.exited = true;
  record.wait_status = static_cast<int>(event.value[1]);
  record.stopped = event.value[2] != 0;
  record.killed_by_plan = event.value[3] != 0;
}

void ConductorMerge::leftover(Event&& event) {
  if (event.value[2] > static_cast<std::uint64_t>(LeftoverUse::alone))
    return doubts_.add("leftover", fmt::format("a file left with unknown use {}", event.value[2]));
  history_.leftovers.push_back({std::move(event.text), static_cast<std::int64_t>(event.value[0] & INT64_MAX),
                                static_cast<std::int64_t>(event.value[1] & INT64_MAX),
                                static_cast<LeftoverUse>(event.value[2]), event.process});
}

// When something was, by the event's first two values: after the last, and before it was written down. None: it is a doubt.
std::optional<ConductorMerge::Span> ConductorMerge::span_of(const Event& event, std::int64_t last_end_ns,
                                                            const char* doubt, const char* what) {
  const Span span{static_cast<std::int64_t>(event.value[0] & INT64_MAX),
                  static_cast<std::int64_t>(event.value[1] & INT64_MAX)};
  if (span.begin_ns >= last_end_ns && span.end_ns >= span.begin_ns && span.end_ns <= event.time_ns)
    return span;
  doubts_.add(
      doubt,
      fmt::format("{} from {} to {} ns, which is not after the last time and before {} ns, when it was "
                  "written down",
                  what, span.begin_ns, span.end_ns, event.time_ns));
  return std::nullopt;
}

void ConductorMerge::standstill(const Event& event) {
  auto& known = history_.standstills;
  const std::int64_t last_end_ns = known.empty() ? 0 : known.back().end_ns;
  if (const auto span = span_of(event, last_end_ns, "standstill", "the disk stood still"))
    known.push_back({span->begin_ns, span->end_ns});
}

void ConductorMerge::processors(const Event& event) {
  auto& known = history_.machine;
  const std::int64_t last_end_ns = known.empty() ? 0 : known.back().end_ns;
  const auto span = span_of(event, last_end_ns, "machine", "the machine was looked at");
  if (!span) return;
  Contention use{.begin_ns = span->begin_ns, .end_ns = span->end_ns, .busy_ns = bounded(event.op)};
  use.strangers_ns = if_known(event.value[2]);
  use.waited_ns = if_known(event.value[3]);
  known.push_back(use);
  disk_follows_ = true;
}

void ConductorMerge::disk(const Event& event) {
  if (!std::exchange(disk_follows_, false)) return doubts_.add("machine", "what a disk did, but not when");
  Contention& use = history_.machine.back();
  use.run_bytes = if_known(event.value[0]);
  use.disk_bytes = if_known(event.value[1]);
  use.disk_busy_ns = bounded(event.value[2]);
  use.run_ns = bounded(event.value[3]);
  use.disk_flushes = bounded(event.op);
}

void ConductorMerge::idle(Event&& event) {
  if (event.process >= process_index_limit)
    return doubts_.add("process", fmt::format("agent {}, more than a run can have", event.process));
  auto [program, path] = two_fields(event.text);
  history_.idle.push_back({event.process, event.pid, event.value[0], event.value[1], event.value[2],
                           event.value[3], std::move(program), std::move(path)});
}

void ConductorMerge::lock(Event&& event) {
  constexpr std::uint64_t byte = 0xFF;
  const std::uint64_t state = event.value[0] & byte, kind = event.value[0] >> 8U & byte;
  if (history_.lock_looks.empty() || state < 1 || state > static_cast<std::uint64_t>(LockState::open) ||
      kind < 1 || kind > static_cast<std::uint64_t>(LockKind::ofd) ||
      (event.process != no_process && event.process >= process_index_limit))
    return doubts_.add("lock", fmt::format("a lock of state {} and kind {}, of agent {}, which cannot be",
                                           state, kind, event.process));
  auto [program, path] = two_fields(event.text);
  history_.lock_looks.back().locks.push_back({static_cast<LockState>(state), static_cast<LockKind>(kind),
                                              event.value[0] >> 16U != 0, event.process, event.pid,
                                              static_cast<std::uint32_t>(event.op), event.value[1],
                                              event.value[2], std::move(program), std::move(path)});
}

void ConductorMerge::mark(const Event& event) {
  switch (static_cast<Mark>(event.value[0])) {
    case Mark::released:
      history_.started_ns = event.time_ns;
      return;
    case Mark::quiesced:
      history_.quiesced_ns = event.time_ns;
      return;
    case Mark::finished:
      history_.finished_ns = event.time_ns;
      history_.complete = true;
      history_.files_left = event.value[1];
      return;
    case Mark::interrupted:
      history_.interrupted = true;
      history_.cut_ns = event.time_ns;
      return;
    case Mark::timed_out:
      history_.timed_out = true;
      history_.cut_ns = event.time_ns;
      return;
    case Mark::idle:
      history_.idle_ns = event.time_ns;
      return;
  }
  doubts_.add("mark", fmt::format("unknown mark {}", event.value[0]));
}

}  // namespace holdfast
