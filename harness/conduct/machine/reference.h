// Reference work of the kind that every store does, timed beside the run's store: how fast this machine and this
// filesystem are right now.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "harness/history/history.h"

namespace holdfast {

// Replaces a file of 4 KiB and reads it, over and over for 20 to 100 ms; `flushed` to the device, as by a store that
// must survive a power cut. The file is made in `directory`, outside the store, and removed afterwards. The mean of a
// round, not the median, because what slows a load down slows some rounds much more than others: over 420 runs, times
// in such rounds spread less by a seventh.
Result<ReferenceWork> time_reference(const std::filesystem::path& directory, bool flushed);

// How fast the disk is there; 0 if unknown.
struct DiskSpeed {
  std::int64_t bytes_per_s = 0;  // flushed; from 2 MiB, so rather an underestimate
  std::int64_t flush_ns = 0;     // of 4 KiB, the shortest of several
};
DiskSpeed time_disk(const std::filesystem::path& directory);

}  // namespace holdfast
