// Codes that an adapter gives an operation whose program is at fault, whatever became of the operation. No errno is
// that large.
#pragma once

#include <cstdint>

namespace holdfast {

inline constexpr std::uint16_t program_died = 65001;  // on its own, with the operation open or before it
inline constexpr std::uint16_t program_broke_protocol = 65002;  // what it wrote is not an answer

inline bool is_program_fault(std::uint16_t code) {
  return code == program_died || code == program_broke_protocol;
}

}  // namespace holdfast
