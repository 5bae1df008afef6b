// What processes that have nothing to do still hold of a store.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace holdfast {

// Handles of one process beneath `store` (absolute and canonical); `agent` is left to the caller. None that can be
// seen: no handles.
IdleHandles handles_beneath(const std::filesystem::path& store, pid_t process);

// The regular files in all directories of `store` that somebody has locked, in whole or in part: by flock, or by fcntl.
std::vector<std::string> locked_files(const std::filesystem::path& store);

}  // namespace holdfast
