// How a process ended, in words.
#pragma once

#include <string>

#include "harness/history/history.h"

namespace holdfast {

// "exit 0", "killed by SIGSEGV", "still running" where no end is on record; "stopped by the run (SIGKILL)"
// where the conductor ended it. Wait statuses are decoded here as Linux lays them out, and signals named as
// it numbers them, so that a run is described alike wherever it is looked at.
std::string process_end(const ProcessRecord& process);

}  // namespace holdfast
