#include "harness/store/walk.h"

#include <algorithm>
#include <deque>
#include <system_error>

namespace holdfast {

namespace {

// '/' before every other character, so that what is in a directory follows it at once.
bool is_before(const std::string& a, const std::string& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto rank = [](char c) { return c == '/' ? 0 : 1 + static_cast<unsigned char>(c); };
    return rank(x) < rank(y);
  });
}

}  // namespace

StoreWalk walk_store(const std::filesystem::path& store, std::size_t deepest, std::size_t most) {
  struct Directory {
    std::string path;  // relative, "" for the store
    std::size_t depth;
  };
  StoreWalk walk;
  std::deque<Directory> left = {{"", 0}};
  for (; !left.empty(); left.pop_front()) {
    const Directory& directory = left.front();
    std::error_code error;
    for (std::filesystem::directory_iterator entry(store / directory.path, error), end;
         !error && entry != end; entry.increment(error)) {
      if (walk.entries.size() == most) {
        walk.complete = false;
        break;
      }
      std::error_code gone;
      const auto type = entry->symlink_status(gone).type();
      if (gone || type == std::filesystem::file_type::not_found) continue;
      const std::string name = entry->path().filename().string();
      walk.entries.push_back({directory.path.empty() ? name : directory.path + "/" + name, type});
      if (!walk.entries.back().is_directory()) continue;
      if (directory.depth == deepest) {
        walk.complete = false;
      } else {
        left.push_back({walk.entries.back().path, directory.depth + 1});
      }
    }
  }
  std::sort(walk.entries.begin(), walk.entries.end(),
            [](const StoreEntry& a, const StoreEntry& b) { return is_before(a.path, b.path); });
  return walk;
}

}  // namespace holdfast
