// What processes have used so far, as counted in /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>

#include "harness/linux/proc.h"

namespace holdfast {

struct ProcessUse {
  std::int64_t own_ns = 0;    // on a processor, by all its threads, including ended ones
  std::int64_t ended_ns = 0;  // by ended descendants
  bool of_run = false;        // the conductor or one of its descendants
};

// At one moment.
struct Usage {
  std::int64_t time_ns = 0;
  Processors processors{};                // those that the run may use
  std::map<pid_t, ProcessUse> processes;  // except kernel threads
  bool everybody_seen = false;  // no process on these processors is hidden from us or also runs on others
  // The run's. Of the conductor's threads, only the waits of the one that answers calls count: the others delay
  // nobody.
  std::map<pid_t, SchedStat> threads;
  bool waits_counted = false;  // the kernel counts waiting for a processor
  std::optional<std::int64_t>
      run_bytes;  // sent to disks by the run's processes, except what was removed before it got there;
                  // none: hidden for one of them
  std::optional<std::int64_t> disk_bytes;  // written to the disk, by anybody
  std::int64_t disk_busy_ns = 0;           // time in which it was busy
  std::int64_t disk_flushes = 0;  // of its cache, by any process; writes if the kernel does not count flushes
};

// The disk below a directory; if unknown, as for overlays, the one that was busiest so far.
dev_t disk_below(const std::filesystem::path& directory);

Usage read_usage(dev_t disk);

}  // namespace holdfast
