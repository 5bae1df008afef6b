// When the disk stood still: writes a new file every half second, beside everything else. Journals that wait for
// another program's writes block a whole filesystem for seconds, and with it even the most correct store; nothing
// else that we measure shows this. The file never has a name (O_TMPFILE), so none is left, no matter which process is
// killed; on a filesystem without such files, nothing is noticed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <thread>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

class Pulse {
 public:
  // Begins, on the filesystem of that directory. It flushes to the device: even stores that flush nothing wait for it
  // on a filesystem that writes a file before it takes another's name (ext4's auto_da_alloc).
  explicit Pulse(std::filesystem::path directory);
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;
  ~Pulse() { stop(); }

  // Stops after the current round. Returns the rounds that took longer than on a disk that is merely busy, in order,
  // each from the end of the previous round, since when the disk may have stood still; a standstill shorter than a
  // pause and a round may go unnoticed. Failed rounds count for nothing. Call it from the thread that started it.
  std::vector<Standstill> stop();

 private:
  void beat(const std::stop_token& stop);

  const std::filesystem::path directory_;
  std::int64_t moved_ns_ = 0;            // the disk is known to have moved until then
  std::vector<Standstill> standstills_;  // read once the thread is gone
  std::jthread thread_;
};

// Whether a round of this length counts, not including the time its thread waited for a processor, which is not the
// disk's fault and is measured elsewhere.
bool is_standstill(std::int64_t round_ns, std::int64_t starved_ns);

}  // namespace holdfast
