// When the disk stood still: every half second a file is made and written, beside what everybody else does. Journals
// that wait for another program's writes hold up all of a filesystem for seconds, the most correct store too, and no
// other clock of ours shows it. The file never has a name (O_TMPFILE), so that none stays whoever is killed meanwhile;
// where a filesystem has no such files, nothing is noticed.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

class Pulse {
 public:
  // Begins, on the filesystem of that directory. What it writes is flushed to the device: stores that flush nothing wait
  // for it as well, where a filesystem writes a file before it takes another's name (ext4's auto_da_alloc).
  explicit Pulse(std::filesystem::path directory);
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;
  ~Pulse() { stop(); }

  // Ends it, after the round that is under way. Rounds that took longer than they take on a disk that is only busy, in
  // order, each from the end of the round before it, since when the disk may have stood still; one shorter than a rest and a
  // round may have gone unnoticed. Rounds that failed say nothing. From the thread that began it.
  std::vector<Standstill> stop();

 private:
  void beat();

  const std::filesystem::path directory_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::int64_t moved_ns_ = 0;            // the disk is known to have moved until then
  std::vector<Standstill> standstills_;  // read once the thread is gone
  std::thread thread_;
};

// Whether a round counts that took so long, but for what its thread waited for a processor: that is no fault of the
// disk's, and told by others.
bool is_standstill(std::int64_t round_ns, std::int64_t starved_ns);

}  // namespace holdfast
