// Removes the temporary files of writers that died.
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace holdfast {

// Only under the lock of `target`: no live writer has a temporary file then, so every name that fits the pattern is
// an orphan. Removes what it can and reports the first failure.
Result<> sweep_orphans(const std::filesystem::path& target);

}  // namespace holdfast
