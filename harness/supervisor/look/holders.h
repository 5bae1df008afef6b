// Who holds a file, according to /proc: descriptors and mappings of every process that may be inspected.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/sharing/sharing.h"

namespace holdfast {

// The name of the thread that decides calls.
inline constexpr const char* supervisor_thread_name = "supervisor";

struct FoundHolder {
  pid_t process = 0;
  int descriptor = -1;  // -1: a mapping
  FileBits access = read_bit;
  bool running = false;                // a mapping of the program that the process runs
  bool between_fork_and_exec = false;  // a close-on-exec copy in a young child that has not called exec yet:
                                       // gone in microseconds, and Windows would never have had it
  bool forked_copy = false;  // the same, in a child that stays: a holder on POSIX, but not a Windows handle
  bool beneath = false;      // of a directory: something below it is open, not the directory itself
  bool probe = false;        // another supervisor's own look at the file: gone in microseconds
  std::string program;       // the executable's file name
  std::string path;          // as the process opened it
};

enum class LookAt { descriptors, mappings };

// The holders of the file `identity` among `processes`; processes that end in the meantime are skipped.
std::vector<FoundHolder> find_holders(const struct stat& identity, const std::vector<pid_t>& processes,
                                      LookAt what);

// The latest of a process's descriptors of that file, without a look at earlier ones, of which there may be thousands.
std::optional<FoundHolder> find_latest_holder(const struct stat& identity, pid_t process);

// Whether another process decides calls, too: one that looks at the same files opens them for that.
bool another_supervises();

// Who uses a directory: as its current one, or something beneath it.
enum class LookFor { everything, current_directories };
std::vector<FoundHolder> find_directory_users(const struct stat& identity, const std::string& path,
                                              LookFor what);

}  // namespace holdfast
