// Which directories belong to a domain, whatever path leads to them: symbolic links, bind mounts, another process's
// root or mount namespace.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/linux/descriptor.h"

namespace holdfast {

// Whose a directory is. In a shared one, as /tmp, other programs work as well: what those hold is in nobody's way.
// Unknown: in a filesystem of the domain's, but through a mount that no process shows (open_tree(2) makes such mounts, and
// descriptors of another mount namespace lead to them).
enum class Ground : std::uint8_t { outside, own, shared, unknown };

constexpr bool is_inside(Ground ground) {
  return ground == Ground::own || ground == Ground::shared;
}

class Territory {
 public:
  // Absolute and canonical paths. `excepted`: below the others, but outside.
  explicit Territory(const std::vector<std::filesystem::path>& own,
                     const std::vector<std::filesystem::path>& shared = {},
                     const std::vector<std::filesystem::path>& excepted = {});

  // On which ground a directory lies: that of the nearest directory of the domain above it. `text` is its path
  // according to the kernel; `viewer` is a process in whose mount namespace it was opened.
  [[nodiscard]] Ground ground_of(int directory, const std::string& text, pid_t viewer) const;
  [[nodiscard]] bool contains(int directory, const std::string& text, pid_t viewer) const {
    return is_inside(ground_of(directory, text, viewer));
  }

 private:
  [[nodiscard]] std::optional<Ground> ground_above(int directory) const;
  struct Land {
    Ground ground = Ground::own;
    std::string text;
    dev_t device = 0;
    ino_t inode = 0;
    std::uint64_t mount = 0;
    std::string in_filesystem;  // the path from the filesystem's own root; empty: unknown
  };
  void add(const std::filesystem::path& directory, Ground ground);

  std::vector<Land> lands_;  // the longest path first, so that the nearest is found first
};

// A line of /proc/PID/mountinfo, see proc(5).
struct Mount {
  std::uint64_t id = 0;
  std::string root;   // the part of the filesystem that is mounted
  std::string point;  // where it is mounted
};
std::vector<Mount> parse_mounts(const std::string& mountinfo);

}  // namespace holdfast
