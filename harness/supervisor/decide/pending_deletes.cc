#include "harness/supervisor/decide/pending_deletes.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "harness/linux/lease.h"

namespace holdfast {
void PendingDeletes::add(ResolvedPath&& path, const struct stat& identity) {
  Pending pending;
  pending.directory = std::move(path.directory);
  pending.name = path.name;
  pending.path = path.text;
  pending.identity = identity;
  pending_.push_back(std::move(pending));
}

// Removed under the lease, so that nobody opens it meanwhile; or the name is another file's by now.
bool PendingDeletes::is_over(const Pending& pending) {
  const Lease lease = Lease::probe(pending.directory.get(), pending.name.c_str());
  if (lease.openness() == Openness::absent || !same_file(lease.identity(), pending.identity)) return true;
  if (lease.openness() != Openness::free) return false;
  return ::unlinkat(pending.directory.get(), pending.name.c_str(), 0) == 0;
}

void PendingDeletes::settle() {
  std::erase_if(pending_, is_over);
}

bool PendingDeletes::is_pending(const std::string& path, const struct stat& identity) const {
  return std::any_of(pending_.begin(), pending_.end(), [&](const Pending& pending) {
    return pending.path == path && same_file(pending.identity, identity);
  });
}

bool PendingDeletes::has_child(const struct stat& directory) const {
  return std::any_of(pending_.begin(), pending_.end(), [&](const Pending& pending) {
    struct stat parent {};
    return ::fstat(pending.directory.get(), &parent) == 0 && same_file(parent, directory);
  });
}

}  // namespace holdfast
