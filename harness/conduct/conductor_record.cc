#include "harness/conduct/conductor_record.h"

#include <fmt/format.h>

#include "core/base/clock.h"
#include "harness/conduct/machine/reference.h"
#include "harness/conduct/watch/leftovers.h"
#include "harness/history/doubt.h"
#include "harness/store/walk.h"

namespace holdfast {

Result<> ConductorRecord::record(Event event) {
  event.time_ns = monotonic_ns();
  return recorder_.record(event);
}

Result<> ConductorRecord::record_all(const std::vector<Event>& events) {
  for (const Event& event : events) {
    if (auto recorded = record(event); !recorded) return recorded;
  }
  return {};
}

Result<> ConductorRecord::mark(Mark what, std::uint64_t files) {
  return record({.type = EventType::mark, .value = {static_cast<std::uint64_t>(what), files, 0, 0}});
}

Result<> ConductorRecord::measure(Beside beside) {
  const bool flushes = plan_.scenario.subject.durability == Durability::power;
  const auto work = time_reference(directory_, flushes);
  if (!work) return {};  // a gate will miss it; the run does not
  return record({.type = EventType::reference,
                 .value = {static_cast<std::uint64_t>(beside), work->rounds,
                           static_cast<std::uint64_t>(work->round_ns), 0}});
}

Result<> ConductorRecord::measure_disk() {
  const DiskSpeed disk = time_disk(directory_);
  return record({.type = EventType::disk_speed,
                 .value = {static_cast<std::uint64_t>(disk.bytes_per_s),
                           static_cast<std::uint64_t>(disk.flush_ns), 0, 0}});
}

void ConductorRecord::begin_watch() {
  pulse_.emplace(directory_);
  neighbours_.emplace(directory_);
}

Result<> ConductorRecord::end_watch() {
  if (!pulse_) return {};
  const auto standstills = pulse_->stop();
  const auto seen = neighbours_->stop();
  pulse_.reset();
  neighbours_.reset();
  for (const Standstill& standstill : standstills) {
    auto recorded = record({.type = EventType::standstill,
                            .value = {static_cast<std::uint64_t>(standstill.begin_ns),
                                      static_cast<std::uint64_t>(standstill.end_ns), 0, 0}});
    if (!recorded) return recorded;
  }
  for (const Contention& use : seen) {
    for (Event& event : machine_events(use)) {
      if (auto recorded = record(std::move(event)); !recorded) return recorded;
    }
  }
  return {};
}

Result<> ConductorRecord::leftovers(const std::map<std::string, FilesInUse::Use>& in_use, bool sweep) {
  const auto store = directory_ / "store";
  const Leftovers left = find_leftovers(store, sweep, files_of(plan_.scenario.subject));
  for (const std::string& path : left.paths) {
    const FileTimes times = times_of(store / path);
    const auto found = in_use.find(path);
    const FilesInUse::Use use = found != in_use.end() ? found->second : FilesInUse::Use{};
    Event event{
        .type = EventType::leftover,
        .process = use.agent,
        .value = {static_cast<std::uint64_t>(times.born_ns), static_cast<std::uint64_t>(times.changed_ns),
                  static_cast<std::uint64_t>(use.kind), 0}};
    event.text = path;
    if (auto recorded = record(std::move(event)); !recorded) return recorded;
  }
  if (left.complete) return {};
  Event event{.type = EventType::warning,
              .value = {1, static_cast<std::uint64_t>(DoubtKind::not_walked), 1, 0}};
  event.text = fmt::format(
      "the store has more than {} files or is deeper than {} directories: what was left in the rest is not "
      "known",
      most_store_entries, deepest_store);
  return record(std::move(event));
}

}  // namespace holdfast
