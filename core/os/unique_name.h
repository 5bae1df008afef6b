// Unique parts of file names.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

std::uint32_t process_id();

// From the system, never from a seed: two runs with one seed may share a directory.
std::uint64_t random_bits();

// "<pid>-<16 hexadecimal digits>"
std::string unique_suffix();

}  // namespace holdfast
