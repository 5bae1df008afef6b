// Classic deletion: a file deleted while others have it open keeps its name until the last of them closes it.
//
// Until then, opening the name, creating a file under it, deleting or renaming it gives 5 (see harness/sharing). The
// supervisor removes the name once the lease says that nobody has the file open: the name that a call is about before
// it decides that call, and a few of the others at a time, so that no call waits for many of them. This requires that
// opens are decided, else a process could open the name in between.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "harness/linux/descriptor.h"
#include "harness/supervisor/look/caller.h"

namespace holdfast {

class PendingDeletes {
 public:
  // Takes ownership of the directory's descriptor.
  void add(ResolvedPath&& path, const struct stat& identity);

  // Of the names of files that nobody has open any more, removes the next few, one, or all.
  void settle_some(std::size_t most);
  void settle(const std::string& path);
  void settle_all() { settle_some(pending_.size()); }

  [[nodiscard]] bool any() const { return !pending_.empty(); }
  // Call it after settle(path): whether this name of this file still exists only because somebody has it open.
  [[nodiscard]] bool is_pending(const std::string& path, const struct stat& identity) const;
  // Whether such names are below a directory, after those of closed files are gone.
  bool has_below(const std::string& directory);

 private:
  struct Pending {
    std::shared_ptr<const Descriptor> directory;  // one for all of its names: there may be thousands
    std::string name;
    struct stat identity {};
  };
  using ByPath = std::map<std::string, Pending>;
  static bool is_over(const Pending& pending);
  [[nodiscard]] std::shared_ptr<const Descriptor> shared(const std::string& directory_text,
                                                         Descriptor descriptor) const;

  ByPath pending_;
  std::string settled_last_;  // the path: the next one's turn comes after it
};

}  // namespace holdfast
