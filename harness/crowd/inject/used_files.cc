#include "harness/crowd/inject/used_files.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "harness/store/glob.h"

namespace holdfast {

std::optional<UsedFiles> UsedFiles::open(const std::filesystem::path& run_directory) {
  const auto path = run_directory / used_files_name;
  Descriptor list(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!list) return std::nullopt;
  Descriptor watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  ::inotify_add_watch(watch.get(), path.c_str(), IN_MODIFY);
  return UsedFiles((run_directory / "store").string(), std::move(list), std::move(watch));
}

std::vector<std::string> UsedFiles::read() {
  std::array<char, 16384> buffer;
  while (::read(watch_.get(), buffer.data(), buffer.size()) > 0) {
  }
  std::vector<std::string> added;
  for (ssize_t got = 0; (got = ::read(list_.get(), buffer.data(), buffer.size())) > 0;) {
    for (ssize_t at = 0; at < got; ++at) {
      const char c = buffer[static_cast<std::size_t>(at)];
      if (c != '\0') {
        partial_ += c;
        continue;
      }
      std::string path = store_ + std::exchange(partial_, {});
      if (!known_.insert(path).second) continue;
      paths_.push_back(path);
      added.push_back(std::move(path));
    }
  }
  return added;
}

bool UsedFiles::contains(const std::string& path) const {
  for (auto end = path.size(); end != std::string::npos && end > store_.size();
       end = path.rfind('/', end - 1)) {
    if (known_.contains(path.substr(0, end))) return true;
  }
  return false;
}

std::vector<std::string> UsedFiles::matching(const std::string& pattern) const {
  std::vector<std::string> found;
  for (auto path = paths_.rbegin(); path != paths_.rend(); ++path) {
    struct stat status {};
    const bool fits = !path->ends_with(".lock") && glob_fits(pattern, path->substr(store_.size() + 1));
    if (fits && ::lstat(path->c_str(), &status) == 0 && S_ISREG(status.st_mode)) found.push_back(*path);
  }
  return found;
}

}  // namespace holdfast
