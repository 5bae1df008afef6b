// Other load on the machine: how much processor time and disk others took during the run, and how much the run took,
// so that its own crowd excuses nothing (harness/check/busy_machine.h).
#pragma once

#include <array>
#include <filesystem>
#include <stop_token>
#include <thread>
#include <vector>

#include "harness/conduct/machine/usage.h"
#include "harness/history/event.h"
#include "harness/history/history.h"

namespace holdfast {

// The load between two readings.
Contention use_between(const Usage& before, const Usage& after);

// Threads that were waiting when `before` was read had waited before it too: adds those waits to the samples in `seen`,
// latest first.
void add_earlier_waits(const Usage& before, const Usage& after, std::vector<Contention>& seen);

// As the conductor records it.
std::array<Event, 2> machine_events(const Contention& use);

class Neighbours {
 public:
  // Starts sampling immediately, not when its thread is first scheduled. Also samples the disk that holds `directory`.
  // It never touches a file there, so a stalled disk does not block it.
  explicit Neighbours(const std::filesystem::path& directory);
  Neighbours(const Neighbours&) = delete;
  Neighbours& operator=(const Neighbours&) = delete;
  ~Neighbours() { stop(); }

  // Stops sampling and returns what was seen, in order and without gaps, up to now. Call it from the thread that
  // started it.
  std::vector<Contention> stop();

 private:
  void look(const std::stop_token& stop);

  const dev_t disk_;
  Usage before_;                  // of the next sample
  std::vector<Contention> seen_;  // read once the thread is gone
  std::jthread thread_;
};

}  // namespace holdfast
