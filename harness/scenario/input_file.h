// Reads a whole file that the user named.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace holdfast {

// At most the first `most_bytes` bytes. Code::invalid if it is a directory, Code::not_found with errno if it cannot
// be opened; the message says only what is wrong. A pipe is read to its end; a pipe without a writer is an error, so
// that Holdfast never hangs on it.
Result<std::string> read_input(const std::filesystem::path& path, std::size_t most_bytes);

}  // namespace holdfast
