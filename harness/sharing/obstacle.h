// Why Windows refuses a call.
#pragma once

#include <cstdint>

namespace holdfast {

enum class Obstacle : std::uint8_t {
  held = 1,               // an open handle
  read_only = 2,          // the attribute READONLY: waiting is useless
  running_program = 3,    // an image that a process runs
  current_directory = 4,  // of some process
  open_child = 5,         // an open file, or a current directory, beneath a directory
  delete_pending = 6,     // already deleted; disappears with its last handle
  mapped = 7,             // by some process
};

}  // namespace holdfast
