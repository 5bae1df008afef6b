// Who has a file or directory open at this moment, anywhere on the machine, as far as one may look.
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
  running_program,    // it is the program of this process
  current_directory,  // of this process: the directory itself
  open_child,         // something beneath the directory is open, or somebody's current directory
};

struct PathHolder {
  HeldAs as = HeldAs::handle;
  FoundHolder found;
  std::string_view runtime;  // the name of a profile
};

struct PathUse {
  std::string path;  // absolute, symbolic links resolved
  bool is_directory = false;
  bool read_only = false;  // no write permission for anybody, as Windows' READONLY
  std::vector<PathHolder> holders;
  std::size_t closed_to_us = 0;  // processes whose descriptors this user may not see
  // The kernel's answer: somebody has the file open although nobody was found, or nobody has, whatever could
  // not be seen. Unknown for directories and for files of other users.
  enum class Kernel { unknown, free, held } kernel = Kernel::unknown;
};

// Code::not_found and Code::invalid (neither file nor directory) say so with the path. A process that ends meanwhile is
// passed over.
Result<PathUse> who_holds(const std::string& path);

}  // namespace holdfast
