// A small work of the kind that every store does, timed where the run's store lies: how fast this machine and this
// filesystem are right now.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "harness/history/history.h"

namespace holdfast {

// Replaces a file of 4 KiB and reads it, over and over for some 20 ms; `flushed` to the device, as a store
// that shall survive a power cut does it.
// The file is made in `directory`, outside the store, and is gone afterwards. The median of a round, so that a
// process that comes between does not count.
Result<ReferenceWork> time_reference(const std::filesystem::path& directory, bool flushed);

}  // namespace holdfast
