// Who has a file or directory open right now, anywhere on the machine, as far as permissions allow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "harness/supervisor/look/holders.h"

namespace holdfast {

enum class HeldAs {
  handle,             // descriptor or mapping of the file itself
  posix_copy,         // a forked child's copy, which Windows would not have
  running_program,    // it is the program that the process runs
  current_directory,  // the directory is this process's current one
  open_child,         // something below the directory is open, or is a current directory
};

struct PathHolder {
  HeldAs as = HeldAs::handle;
  FoundHolder found;
  std::string_view runtime;  // the name of a profile
};

struct PathUse {
  std::string path;  // absolute, symbolic links resolved
  bool is_directory = false;
  bool read_only = false;  // nobody may write to it, as with Windows' READONLY
  std::vector<PathHolder> holders;
  std::size_t closed_to_us = 0;  // processes whose descriptors this user may not see
  // The kernel's answer, which also covers holders that could not be seen. Unknown for directories and for files of
  // other users.
  enum class Kernel { unknown, free, held } kernel = Kernel::unknown;
};

// Code::not_found, and Code::invalid for what is neither file nor directory, name the path. Processes that end in the
// meantime are skipped.
Result<PathUse> who_holds(const std::string& path);

}  // namespace holdfast
