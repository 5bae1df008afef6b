// How a process ended, in words.
#pragma once

#include <string>

#include "harness/history/history.h"

namespace holdfast {

// "exit 0", "killed by SIGSEGV", "still running" if no end is recorded; "stopped by the run (SIGKILL)" if the
// conductor ended it. Wait statuses and signal numbers are decoded as on Linux, so that the description is the same
// on every system.
std::string process_end(const ProcessRecord& process);

}  // namespace holdfast
