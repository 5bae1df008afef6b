// Who else uses the machine: how much of processors and disk others took while the run went on, and how much the run
// did, so that its own crowd excuses nothing (harness/check/busy_machine.h).
#pragma once

#include <array>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/conduct/machine/usage.h"
#include "harness/history/event.h"
#include "harness/history/history.h"

namespace holdfast {

// What happened from one time to a later one.
Contention use_between(const Usage& before, const Usage& after);

// Adds to what was seen until `before` what those waited then who were still waiting at `before`.
void add_earlier_waits(const Usage& before, const Usage& after, std::vector<Contention>& seen);

// As the conductor records it.
std::array<Event, 2> machine_events(const Contention& use);

class Neighbours {
 public:
  // Begins to look, from now on and not from when its thread gets a processor, and at the disk below that directory. It
  // never touches a file there, so a disk that stands still does not stop it.
  explicit Neighbours(const std::filesystem::path& directory);
  Neighbours(const Neighbours&) = delete;
  Neighbours& operator=(const Neighbours&) = delete;
  ~Neighbours() { stop(); }

  // Ends it. What was seen, in order, without gaps from the beginning to now. From the thread that began it.
  std::vector<Contention> stop();

 private:
  void look();

  const dev_t disk_;
  Usage before_;  // of the next look
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<Contention> seen_;  // read once the thread is gone
  std::thread thread_;
};

}  // namespace holdfast
