// What the conductor itself records: the phases of the run, the load of the machine, and what was left behind.
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

// When the reference work was timed, relative to the load.
enum class Beside : std::uint64_t { before = 0, after = 1 };

// For one thread. The plan must outlive it.
class ConductorRecord {
 public:
  ConductorRecord(const Plan& plan, std::filesystem::path run_directory, Recorder recorder)
      : plan_(plan), directory_(std::move(run_directory)), recorder_(std::move(recorder)) {}

  // Stamps the event with the current time.
  Result<> record(Event event);
  Result<> record_all(const std::vector<Event>& events);
  Result<> mark(Mark what, std::uint64_t files = 0);

  // Measures how fast this machine is right now, while the run is idle.
  Result<> measure(Beside beside);
  // Only before the load: later, the run's own writes are still on their way.
  Result<> measure_disk();

  // From here on lateness may be caused by other programs, so their load is recorded.
  void begin_watch();
  Result<> end_watch();

  // `sweep`: the run was cut short, so its temporary files are removed.
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
