// A small work of the kind that every store does, timed where the run's store lies: how fast this machine and this
// filesystem are right now.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "harness/history/history.h"

namespace holdfast {

// Replaces a file of 4 KiB and reads it, over and over for 20 to 100 ms; `flushed` to the device, as a store that
// shall survive a power cut does it. The file is made in `directory`, outside the store, and is gone afterwards.
// The mean of a round and not the median, for what slows a load down slows some rounds much more than others: over
// 420 runs, times in rounds spread less by a seventh.
Result<ReferenceWork> time_reference(const std::filesystem::path& directory, bool flushed);

// How fast the disk is there; 0 where it cannot be told.
struct DiskSpeed {
  std::int64_t bytes_per_s = 0;  // flushed; from 2 MiB, so rather too few
  std::int64_t flush_ns = 0;     // of 4 KiB, the shortest of a few
};
DiskSpeed time_disk(const std::filesystem::path& directory);

}  // namespace holdfast
