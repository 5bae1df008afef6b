// A text that processes inherit and none can change: a run's plan, which its subjects could replace in the run directory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

// Close-on-exec.
Result<Descriptor> sealed_text(std::string_view text);

// The text under this number, which is closed then; none if it is not a sealed text.
std::optional<std::string> take_sealed_text(int descriptor);

}  // namespace holdfast
