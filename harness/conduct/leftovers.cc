#include "harness/conduct/leftovers.h"

#include <algorithm>

namespace holdfast {

std::vector<std::string> find_leftovers(const std::filesystem::path& store, bool sweep) {
  std::vector<std::string> names;
  std::error_code error, ignored;
  for (std::filesystem::directory_iterator entry(store, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name == "queue.json" || name == "queue.json.lock" || name.starts_with("queue.json.corrupt-"))
      continue;
    if (sweep && name.ends_with(".tmp") && std::filesystem::remove(entry->path(), ignored)) continue;
    names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace holdfast
