// What processes have used of the machine so far, as /proc counts it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>

#include "harness/linux/proc.h"

namespace holdfast {

struct ProcessUse {
  std::int64_t own_ns = 0;    // on a processor, all its threads, those that ended too
  std::int64_t ended_ns = 0;  // by children that ended, and theirs
  bool of_run = false;        // the conductor, or started by it or by one of these
};

// At one time.
struct Usage {
  std::int64_t time_ns = 0;
  Processors processors{};                // those that the run may use
  std::map<pid_t, ProcessUse> processes;  // but kernel threads
  bool everybody_seen = false;  // no process on these processors is hidden from us, or runs on others, too
  // The run's. What those of the conductor waited counts if they answer calls alone: the others keep nobody waiting.
  std::map<pid_t, SchedStat> threads;
  bool waits_counted = false;  // the kernel counts waiting for a processor
  std::optional<std::int64_t>
      run_bytes;  // sent to disks by the run's, but what was removed before it got there;
                  // none: of one it may not be seen
  std::optional<std::int64_t> disk_bytes;  // written to the disk, by anybody
  std::int64_t disk_busy_ns = 0;           // it had something to do
  std::int64_t disk_flushes = 0;  // of its cache, for anybody; writes where the kernel does not count them
};

// The disk below a directory; where that cannot be told, as of overlays, the one that was busiest so far.
dev_t disk_below(const std::filesystem::path& directory);

Usage read_usage(dev_t disk);

}  // namespace holdfast
