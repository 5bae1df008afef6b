#include "harness/crowd/inject/matching_files.h"

#include <filesystem>
#include <utility>

#include "harness/store/glob.h"
#include "harness/store/walk.h"

namespace holdfast {

namespace {

// What a link in the store stands for, if that is a file of the store, too; else empty.
std::string target_in_store(const std::filesystem::path& store, const std::filesystem::path& link) {
  std::error_code problem;
  const auto target = std::filesystem::canonical(link, problem);
  if (problem || !std::filesystem::is_regular_file(target, problem)) return {};
  const auto inside = std::filesystem::canonical(store, problem).native() + "/";
  return !problem && target.native().starts_with(inside) ? target.native() : std::string();
}

}  // namespace

std::vector<std::string> matching_files(const std::filesystem::path& store, const std::string& pattern) {
  std::vector<std::string> files;
  for (const StoreEntry& entry : walk_store(store).entries) {
    const bool is_link = entry.type == std::filesystem::file_type::symlink;
    if ((!entry.is_regular() && !is_link) || !glob_fits(pattern, entry.path)) continue;
    const bool by_name = pattern == entry.path || pattern == entry.path.substr(entry.path.rfind('/') + 1);
    if (entry.path.ends_with(".lock") && !by_name) continue;
    std::string file = is_link ? target_in_store(store, store / entry.path) : (store / entry.path).string();
    if (!file.empty()) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace holdfast
