#include "harness/conduct/leftovers.h"

#include <fnmatch.h>

#include <algorithm>

namespace holdfast {

std::vector<std::string> find_leftovers(const std::filesystem::path& store, bool sweep,
                                        const std::vector<std::string>& belongs) {
  std::vector<std::string> names;
  std::error_code error, ignored;
  for (std::filesystem::directory_iterator entry(store, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto matches = [&](const std::string& glob) {
      return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
    };
    if (std::any_of(belongs.begin(), belongs.end(), matches)) continue;
    if (name.starts_with("queue.json.corrupt-")) continue;
    if (sweep && name.ends_with(".tmp") && std::filesystem::remove(entry->path(), ignored)) continue;
    names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace holdfast
