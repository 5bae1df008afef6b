#include "harness/supervisor/decide/pending_deletes.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "harness/linux/lease.h"

namespace holdfast {
namespace {

std::string below(const std::string& directory) {
  return directory == "/" ? directory : directory + "/";
}

}  // namespace

std::shared_ptr<const Descriptor> PendingDeletes::shared(const std::string& directory_text,
                                                         Descriptor descriptor) const {
  const auto near = pending_.lower_bound(below(directory_text));
  struct stat ours {
  }, theirs{};
  if (near != pending_.end() && ::fstat(descriptor.get(), &ours) == 0 &&
      ::fstat(near->second.directory->get(), &theirs) == 0 && same_file(ours, theirs))
    return near->second.directory;
  return std::make_shared<const Descriptor>(std::move(descriptor));
}

void PendingDeletes::add(ResolvedPath&& path, const struct stat& identity) {
  auto directory = shared(path.directory_text, std::move(path.directory));
  pending_.insert_or_assign(path.text, Pending{std::move(directory), path.name, identity});
}

// Removed under the lease, so that nobody opens it meanwhile; or the name is another file's by now.
bool PendingDeletes::is_over(const Pending& pending) {
  const Lease lease = Lease::probe(pending.directory->get(), pending.name.c_str());
  if (lease.openness() == Openness::absent || !same_file(lease.identity(), pending.identity)) return true;
  if (lease.openness() != Openness::free) return false;
  return ::unlinkat(pending.directory->get(), pending.name.c_str(), 0) == 0;
}

void PendingDeletes::settle_some(std::size_t most) {
  auto next = pending_.upper_bound(settled_last_);
  for (std::size_t left = std::min(most, pending_.size()); left > 0; --left) {
    if (next == pending_.end()) next = pending_.begin();
    settled_last_ = next->first;
    next = is_over(next->second) ? pending_.erase(next) : std::next(next);
  }
}

void PendingDeletes::settle(const std::string& path) {
  const auto found = pending_.find(path);
  if (found != pending_.end() && is_over(found->second)) pending_.erase(found);
}

bool PendingDeletes::is_pending(const std::string& path, const struct stat& identity) const {
  const auto found = pending_.find(path);
  return found != pending_.end() && same_file(found->second.identity, identity);
}

bool PendingDeletes::has_below(const std::string& directory) {
  const std::string prefix = below(directory);
  for (auto next = pending_.lower_bound(prefix); next != pending_.end() && next->first.starts_with(prefix);) {
    if (!is_over(next->second)) return true;
    next = pending_.erase(next);
  }
  return false;
}

}  // namespace holdfast
