#include "harness/inject/matching_files.h"

#include "harness/supervisor/store_glob.h"
#include "harness/supervisor/store_walk.h"

namespace holdfast {

std::vector<std::string> matching_files(const std::filesystem::path& store, const std::string& pattern) {
  std::vector<std::string> files;
  for (const StoreEntry& entry : walk_store(store).entries) {
    if (!entry.is_regular() || !glob_fits(pattern, entry.path)) continue;
    const bool by_name = pattern == entry.path || pattern == entry.path.substr(entry.path.rfind('/') + 1);
    if (entry.path.ends_with(".lock") && !by_name) continue;
    files.push_back((store / entry.path).string());
  }
  return files;
}

}  // namespace holdfast
