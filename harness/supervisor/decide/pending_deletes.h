// Classic deletion: a file deleted while others have it open keeps its name until the last of them closes it.
//
// Until then, opening the name, creating a file under it, deleting or renaming it gives 5 (see harness/sharing). The
// supervisor removes the name once the lease says that nobody has the file open: before it decides the next call, and
// every few ms while there are such names. This requires that opens are decided, else a process could open the name
// in between.
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "harness/linux/descriptor.h"
#include "harness/supervisor/look/caller.h"

namespace holdfast {

class PendingDeletes {
 public:
  // Takes ownership of the directory's descriptor.
  void add(ResolvedPath&& path, const struct stat& identity);

  // Removes the names of files that nobody has open any more.
  void settle();

  [[nodiscard]] bool any() const { return !pending_.empty(); }
  // Call it after settle(): whether this name of this file still exists only because somebody has it open.
  [[nodiscard]] bool is_pending(const std::string& path, const struct stat& identity) const;
  [[nodiscard]] bool has_child(const struct stat& directory) const;

 private:
  struct Pending {
    Descriptor directory;
    std::string name, path;
    struct stat identity {};
  };
  static bool is_over(const Pending& pending);

  std::vector<Pending> pending_;
};

}  // namespace holdfast
