#include "harness/inject/matching_files.h"

#include <fnmatch.h>

#include <algorithm>
#include <system_error>

namespace holdfast {

std::vector<std::string> matching_files(const std::filesystem::path& directory, const std::string& pattern) {
  std::vector<std::string> files;
  std::error_code error, unseen;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (::fnmatch(pattern.c_str(), name.c_str(), 0) != 0 || (name.ends_with(".lock") && name != pattern))
      continue;
    if (entry->symlink_status(unseen).type() != std::filesystem::file_type::regular) continue;
    files.push_back(entry->path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace holdfast
