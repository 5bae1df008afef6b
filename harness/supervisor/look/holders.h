// Who holds a file, according to /proc: descriptors and mappings of every process that may be inspected.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/sharing/sharing.h"

namespace holdfast {

struct FoundHolder {
  pid_t process = 0;
  int descriptor = -1;  // -1: a mapping
  FileBits access = read_bit;
  bool running = false;                // a mapping of the program that the process runs
  bool between_fork_and_exec = false;  // a close-on-exec copy in a young child that has not called exec yet:
                                       // gone in microseconds, and Windows would never have had it
  bool forked_copy = false;  // the same, in a child that stays: a holder on POSIX, but not a Windows handle
  std::string program;       // the executable's file name
  std::string path;          // as the process opened it
};

enum class LookAt { descriptors, mappings };

// The holders of the file `identity` among `processes`; processes that end in the meantime are skipped.
std::vector<FoundHolder> find_holders(const struct stat& identity, const std::vector<pid_t>& processes,
                                      LookAt what);

// The latest of a process's descriptors of that file, without a look at earlier ones, of which there may be thousands.
std::optional<FoundHolder> find_latest_holder(const struct stat& identity, pid_t process);

// What blocks renaming or removing a directory.
struct DirectoryUse {
  bool is_current_directory = false;  // of some process
  bool has_open_child = false;        // a file below it is open, or is a current directory
  std::vector<FoundHolder> holders;
};
enum class LookFor { everything, current_directories };
DirectoryUse find_directory_use(const struct stat& identity, const std::string& path, LookFor what);

}  // namespace holdfast
