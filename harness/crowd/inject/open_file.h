// How injectors open files: by openat2(), which is trapped in every run. So the supervisor makes the open, before or after
// it decides about a call on that file, and never in the middle; the opens of those under test may go untrapped.
#pragma once

#include <string>

#include "harness/linux/descriptor.h"

namespace holdfast {

// To read, whatever else the flags of open(2) say; never through a symbolic link. errno if it is none.
Descriptor open_to_hold(const std::string& path, int flags = 0);

}  // namespace holdfast
