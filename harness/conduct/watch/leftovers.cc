#include "harness/conduct/watch/leftovers.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <set>
#include <system_error>

#include "harness/store/glob.h"
#include "harness/store/walk.h"

namespace holdfast {
namespace {

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

class Declared {
 public:
  explicit Declared(const std::vector<std::string>& patterns) : patterns_(patterns) {}

  [[nodiscard]] bool belongs(const StoreEntry& entry) const {
    return fits(entry.path) || (entry.is_directory() && is_named_directory(entry.path));
  }
  // With all that is in it.
  [[nodiscard]] bool fits(std::string_view path) const {
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
      return !pattern.ends_with('/') && glob_fits(pattern, path);
    });
  }

 private:
  [[nodiscard]] bool is_named_directory(std::string_view path) const {
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
      if (!pattern.ends_with('/')) return glob_leads_through(pattern, path);
      const std::string directory = pattern.substr(0, pattern.size() - 1);
      return glob_fits(directory, path) || glob_leads_through(directory, path);
    });
  }

  const std::vector<std::string>& patterns_;
};

}  // namespace

Leftovers find_leftovers(const std::filesystem::path& store, bool sweep,
                         const std::vector<std::string>& belongs) {
  const Declared declared(belongs);
  const StoreWalk walk = walk_store(store);
  std::set<std::string, std::less<>> kept;  // directories, with those around them, in which something belongs
  std::vector<const StoreEntry*> strange;
  std::string whole;  // the directory that belongs with all that is in it, if we are in one
  for (const StoreEntry& entry : walk.entries) {
    const bool within = !whole.empty() && entry.path.starts_with(whole);
    if (!within && !declared.belongs(entry)) {
      strange.push_back(&entry);
      continue;
    }
    if (!within && entry.is_directory() && declared.fits(entry.path)) whole = entry.path + "/";
    if (entry.is_directory()) kept.insert(entry.path);
    for (auto around = parent_of(entry.path); !around.empty(); around = parent_of(around))
      kept.emplace(around);
  }

  Leftovers left;
  left.complete = walk.complete;
  // What is in a directory goes before it, so that a temporary one may be removed when it is empty.
  std::error_code ignored;
  if (sweep) {
    std::vector<const StoreEntry*> remaining;
    for (auto entry = strange.rbegin(); entry != strange.rend(); ++entry) {
      const bool swept =
          (*entry)->path.ends_with(".tmp") && std::filesystem::remove(store / (*entry)->path, ignored);
      if (!swept) remaining.push_back(*entry);
    }
    strange.assign(remaining.rbegin(), remaining.rend());
  }
  std::string reported;  // a directory that stands for all that is in it
  for (const StoreEntry* entry : strange) {
    if (kept.contains(entry->path)) continue;
    if (!reported.empty() && entry->path.starts_with(reported)) continue;
    left.paths.push_back(entry->path);
    if (entry->is_directory()) reported = entry->path + "/";
  }
  return left;
}

std::vector<std::string> files_of(const Subject& subject) {
  std::vector<std::string> files = subject.files;
  if (subject.kind == SubjectKind::core) files.emplace_back("queue.json.corrupt-*");
  return files;
}

FileTimes times_of(const std::filesystem::path& file) {
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  timespec real{}, monotonic{};
  ::clock_gettime(CLOCK_REALTIME, &real);
  ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
  const std::int64_t since_boot_ns =
      (monotonic.tv_sec - real.tv_sec) * ns_per_s + monotonic.tv_nsec - real.tv_nsec;
  struct statx status {};
  if (::statx(AT_FDCWD, file.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BTIME | STATX_MTIME, &status) != 0)
    return {};
  const auto on_our_clock = [&](const statx_timestamp& time) {
    return std::max<std::int64_t>(0, time.tv_sec * ns_per_s + time.tv_nsec + since_boot_ns);
  };
  return {(status.stx_mask & STATX_BTIME) != 0 ? on_our_clock(status.stx_btime) : 0,
          (status.stx_mask & STATX_MTIME) != 0 ? on_our_clock(status.stx_mtime) : 0};
}

std::uint64_t count_files(const std::filesystem::path& store) {
  const StoreWalk walk = walk_store(store);
  return static_cast<std::uint64_t>(
      std::count_if(walk.entries.begin(), walk.entries.end(),
                    [](const StoreEntry& entry) { return !entry.is_directory(); }));
}

}  // namespace holdfast
