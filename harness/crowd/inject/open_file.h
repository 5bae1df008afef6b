// How injectors open files: by openat2(), which is trapped in every run. So the supervisor makes the open before or
// after it decides a call on that file, never during the decision, even if the subject's opens are not trapped.
#pragma once

#include <string>

#include "harness/linux/descriptor.h"

namespace holdfast {

// Opens for reading, plus `flags` of open(2); never through a symbolic link. If it fails, errno is set.
Descriptor open_to_hold(const std::string& path, int flags = 0);

}  // namespace holdfast
