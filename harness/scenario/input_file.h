// A file that somebody named, read whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace holdfast {

// At most so many bytes of it, from the front. Code::invalid if it is a directory, Code::not_found with errno if it cannot
// be opened; the message says only what is wrong. A pipe is read to its end, and one that nobody writes to is an error:
// nobody waits for it.
Result<std::string> read_input(const std::filesystem::path& path, std::size_t most_bytes);

}  // namespace holdfast
