// Decisions for machines: one JSON object per line.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "harness/sharing/sharing.h"

namespace holdfast {

// An operation on a held file.
struct HeldOperation {
  const char* name;
  const char* title;
  std::uint16_t (*code)(std::span<const Handle>);
};

inline constexpr std::array held_operations{
    HeldOperation{"replace-onto", "move onto", replace_onto},
    HeldOperation{"posix-replace-onto", "POSIX onto", posix_replace_onto},
    HeldOperation{"rename-of", "rename", rename_of},
    HeldOperation{"delete", "delete", delete_of},
};

inline constexpr FileBits all_bits = read_bit | write_bit | delete_bit;

// Two handles on one file: what the second opener gets.
std::string pair_row(const Handle& first, const Handle& second, std::uint16_t code);
std::string operation_row(const HeldOperation& operation, const Handle& held, std::uint16_t code);

// Calls `visit` for every access with every share mode.
template <typename Visit>
void for_each_handle(Visit visit) {
  for (FileBits access = 0; access <= all_bits; ++access) {
    for (FileBits share = 0; share <= all_bits; ++share) visit(Handle{access, share});
  }
}

}  // namespace holdfast
