// Moves an unreadable file out of the way, so that its bytes are kept for a person to examine.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace holdfast {

// "<file>.corrupt-<UTC time>-<8 hexadecimal digits>", beside it:
// "queue.json.corrupt-20250131T090000Z-1c0ffee5".
std::filesystem::path new_quarantine_path(const std::filesystem::path& file);

// Returns the new name. Only under the lock of `file`, after reading it again.
Result<std::filesystem::path> quarantine(const std::filesystem::path& file);

}  // namespace holdfast
