// Bounds on what an event file may claim.
#pragma once

#include <cstdint>

namespace holdfast {

// No run has more agents, or more injectors, than this.
inline constexpr std::uint32_t process_index_limit = 1'000'000;

}  // namespace holdfast
