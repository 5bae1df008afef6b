// What an adapter puts into an operation's code when its program is at fault, whatever became of the operation: no errno
// is so large.
#pragma once

#include <cstdint>

namespace holdfast {

inline constexpr std::uint16_t program_died = 65001;  // by itself, with the operation open or before it
inline constexpr std::uint16_t program_broke_protocol = 65002;  // what it said is no answer

inline bool is_program_fault(std::uint16_t code) {
  return code == program_died || code == program_broke_protocol;
}

}  // namespace holdfast
