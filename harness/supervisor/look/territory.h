// Which directories belong to a domain, whatever path leads to them: symbolic links, bind mounts, another process's
// root or mount namespace.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/linux/descriptor.h"

namespace holdfast {

// Where a directory lies. Unknown: in a filesystem of the domain's, but through a mount that no process shows (open_tree(2)
// makes such mounts, and descriptors of another mount namespace lead to them).
enum class Lies { outside, inside, unknown };

class Territory {
 public:
  // Absolute and canonical paths.
  explicit Territory(const std::vector<std::filesystem::path>& directories);

  // Whether a directory is in the domain. `text` is its path according to the kernel; `viewer` is a process in whose
  // mount namespace it was opened.
  [[nodiscard]] Lies find(int directory, const std::string& text, pid_t viewer) const;
  [[nodiscard]] bool contains(int directory, const std::string& text, pid_t viewer) const {
    return find(directory, text, viewer) == Lies::inside;
  }

 private:
  [[nodiscard]] bool is_below_a_land(int directory) const;
  struct Land {
    std::string text;
    dev_t device = 0;
    ino_t inode = 0;
    std::uint64_t mount = 0;
    std::string in_filesystem;  // the path from the filesystem's own root; empty: unknown
  };
  std::vector<Land> lands_;
};

// A line of /proc/PID/mountinfo, see proc(5).
struct Mount {
  std::uint64_t id = 0;
  std::string root;   // the part of the filesystem that is mounted
  std::string point;  // where it is mounted
};
std::vector<Mount> parse_mounts(const std::string& mountinfo);

// Whether `path` is `directory` or below it; both absolute, without "." and "..".
bool is_within(const std::string& path, const std::string& directory);

}  // namespace holdfast
