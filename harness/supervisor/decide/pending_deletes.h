// Classic deletion: a file that was deleted while others have it open keeps its name until the last of them closes it.
//
// Until then the name is nobody's: whoever opens it, makes a file in its place, or wants to delete or rename it gets 5
// (see harness/sharing). The supervisor removes it when the lease says that nobody has it open any more: before it
// decides the next call, and every few ms as long as there are any. For that opens must be decided: else somebody could
// open the name in between.
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "harness/linux/descriptor.h"
#include "harness/supervisor/look/caller.h"

namespace holdfast {

class PendingDeletes {
 public:
  // Takes over the directory's descriptor.
  void add(ResolvedPath&& path, const struct stat& identity);

  // Removes what nobody has open any more.
  void settle();

  [[nodiscard]] bool any() const { return !pending_.empty(); }
  // To be asked after settle(): whether this name of this file is still there only because somebody has it open.
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
