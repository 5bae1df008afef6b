#include "harness/conduct/idle_handles.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "harness/supervisor/descriptor.h"
#include "harness/supervisor/store_walk.h"

namespace holdfast {
namespace {

// Beyond it the sharing domain keeps marks of its own (share_mark.h).
constexpr off_t most_offset = off_t{1} << 60U;

bool is_locked(int descriptor) {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_len = most_offset;
  if (::fcntl(descriptor, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK) return true;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK;
  ::flock(descriptor, LOCK_UN);
  return false;
}

}  // namespace

IdleHandles handles_beneath(const std::filesystem::path& store, pid_t process) {
  constexpr std::string_view deleted = " (deleted)";
  IdleHandles found;
  found.pid = process;
  const std::string inside = store.native() + "/";
  std::map<std::string, std::uint64_t> by_path;
  std::error_code problem;
  for (std::filesystem::directory_iterator entry(fmt::format("/proc/{}/fd", process), problem), end;
       !problem && entry != end; entry.increment(problem)) {
    std::error_code gone;
    const std::string path = std::filesystem::read_symlink(entry->path(), gone).string();
    struct stat status {};
    if (gone || !path.starts_with(inside) || ::stat(entry->path().c_str(), &status) != 0 ||
        !S_ISREG(status.st_mode))
      continue;
    ++found.handles;
    const bool is_gone = path.ends_with(deleted) || status.st_nlink == 0;
    found.of_gone_files += is_gone ? 1 : 0;
    const std::uint64_t times = ++by_path[path];
    found.most_of_one = std::max(found.most_of_one, times);
    if (found.path.empty() || is_gone) found.path = path;
  }
  return found;
}

std::vector<std::string> locked_files(const std::filesystem::path& store) {
  std::vector<std::string> names;
  for (const StoreEntry& entry : walk_store(store).entries) {
    if (!entry.is_regular()) continue;
    const Descriptor file(::open((store / entry.path).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file && is_locked(file.get())) names.push_back(entry.path);
  }
  return names;
}

}  // namespace holdfast
