// What the conductor itself writes down: what the run came to and when, how the machine was beside it, what was left.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/conduct/machine/neighbours.h"
#include "harness/conduct/machine/pulse.h"
#include "harness/conduct/watch/files_in_use.h"
#include "harness/history/recorder.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// When the reference was timed, seen from the load.
enum class Beside : std::uint64_t { before = 0, after = 1 };

// For one thread. The plan must outlive it.
class ConductorRecord {
 public:
  ConductorRecord(const Plan& plan, std::filesystem::path run_directory, Recorder recorder)
      : plan_(plan), directory_(std::move(run_directory)), recorder_(std::move(recorder)) {}

  // Stamped with the time it is.
  Result<> record(Event event);
  Result<> record_all(const std::vector<Event>& events);
  Result<> mark(Mark what, std::uint64_t files = 0);

  // How fast this machine is right now, while nobody of the run does anything.
  Result<> measure(Beside beside);
  // As it is before the load: later, the run's own writes are still on their way.
  Result<> measure_disk();

  // From here on lateness may be others' doing, and what they do is looked at.
  void begin_watch();
  Result<> end_watch();

  // `sweep`: the run was cut short, so what it left of temporary files is removed.
  Result<> leftovers(const std::map<std::string, FilesInUse::Use>& in_use, bool sweep);

  Result<> close() { return recorder_.close(); }

 private:
  const Plan& plan_;
  std::filesystem::path directory_;
  Recorder recorder_;
  std::optional<Pulse> pulse_;
  std::optional<Neighbours> neighbours_;
};

}  // namespace holdfast
