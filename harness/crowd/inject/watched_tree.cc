#include "harness/crowd/inject/watched_tree.h"

#include <fmt/core.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/store/walk.h"

namespace holdfast {
namespace {

constexpr std::size_t most_watched = 8192;
constexpr std::uint32_t of_directories = IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;

std::string joined(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

// What the kernel calls a file that was made without a name (O_TMPFILE; d_tmpfile() in fs/dcache.c): "#" and its number.
bool names_the_unnamed(std::string_view name) {
  return name.size() > 1 && name[0] == '#' && name.find_first_not_of("0123456789", 1) == name.npos;
}

}  // namespace

Result<WatchedTree> WatchedTree::start(const std::filesystem::path& store, std::uint32_t mask, Reach reach) {
  WatchedTree tree(store, mask, reach, Descriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)));
  const int error = !tree.watch_ ? errno : reach == Reach::all ? tree.walk("", false, nullptr) : 0;
  if (error == 0) return tree;
  return fail(Code::failed,
              fmt::format("cannot watch {}: {} (see fs.inotify.max_user_instances and max_user_watches)",
                          store.string(), std::strerror(error)),
              error);
}

std::optional<WatchedTree::State> WatchedTree::state_of(const std::string& path) const {
  struct stat now {};
  if (::lstat((store_ / path).c_str(), &now) != 0 || !S_ISREG(now.st_mode)) return std::nullopt;
  return State{now.st_ino, now.st_size, now.st_ctim.tv_sec * 1'000'000'000 + now.st_ctim.tv_nsec,
               now.st_nlink};
}

void WatchedTree::warn(std::string what) {
  if (!std::exchange(warned_, true)) warning_ = std::move(what);
}

std::optional<std::string> WatchedTree::take_warning() {
  return std::exchange(warning_, std::nullopt);
}

// A directory and those in it, the nearest first. `tell`: of files that are there already, in directories that were not
// watched. Without `seen`, directories that are watched under their name are not entered: their own events say what
// comes.
int WatchedTree::walk(const std::string& directory, bool tell, std::map<int, std::string>* seen) {
  int first_error = 0;
  std::deque<std::string> left = {directory};
  for (; !left.empty(); left.pop_front()) {
    const std::string& path = left.front();
    const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
    if (depth >= deepest_store || directories_.size() >= most_watched) {
      warn(fmt::format(
          "{} and others are not watched: the store has more than {} directories, or they are more than {} "
          "deep",
          path, most_watched, deepest_store));
      continue;
    }
    const std::uint32_t no_links = path.empty() ? 0U : IN_DONT_FOLLOW;
    const int watch =
        ::inotify_add_watch(watch_.get(), (store_ / path).c_str(), mask_ | of_directories | no_links);
    if (watch < 0) {
      const int error = errno;
      if (path == directory) first_error = error;
      if (error == ENOSPC)
        warn(fmt::format("{} and others are not watched: fs.inotify.max_user_watches is used up", path));
      continue;  // else it is gone again, or not ours to look at
    }
    const auto [known, is_new] = directories_.try_emplace(watch, path);
    const bool in_place = !is_new && known->second == path;
    known->second = path;
    if (seen != nullptr) seen->insert_or_assign(watch, path);
    if (!in_place || seen != nullptr) list(path, tell && is_new, left);
  }
  return first_error;
}

void WatchedTree::watch_around(const std::string& path) {
  const std::string beneath = path.substr(std::min(path.size(), store_.native().size() + 1));
  const auto slash = beneath.rfind('/');
  std::deque<std::string> unused;
  for (const std::string& directory : {slash == std::string::npos ? "" : beneath.substr(0, slash), beneath}) {
    if (directories_.size() >= most_watched) return;
    const std::uint32_t no_links = directory.empty() ? 0U : IN_DONT_FOLLOW;
    const int watch =
        ::inotify_add_watch(watch_.get(), (store_ / directory).c_str(), mask_ | of_directories | no_links);
    if (watch < 0) continue;  // a file, or gone again
    const auto [known, is_new] = directories_.insert_or_assign(watch, directory);
    if (is_new) list(directory, true, unused);
  }
}

// After directories were moved the names that are known may be anybody's: all of the store is looked at once more, and
// what is not in it is forgotten.
void WatchedTree::look_again() {
  if (!std::exchange(moved_, false)) return;
  std::map<int, std::string> seen;
  walk("", true, &seen);
  std::erase_if(directories_, [&](const auto& watched) {
    if (seen.contains(watched.first)) return false;
    ::inotify_rm_watch(watch_.get(), watched.first);
    return true;
  });
}

void WatchedTree::list(const std::string& directory, bool tell, std::deque<std::string>& below) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(store_ / directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    const auto type = entry->symlink_status(gone).type();
    std::string path = joined(directory, entry->path().filename().string());
    if (type == std::filesystem::file_type::directory) {
      below.push_back(std::move(path));
      continue;
    }
    if (type != std::filesystem::file_type::regular || !tell) continue;
    if (const auto state = state_of(path)) found(path, *state);
  }
}

// Its events may come yet: they say the same.
void WatchedTree::found(const std::string& path, const State& state) {
  constexpr std::size_t most_found = 4096;
  if (found_.size() >= most_found) found_.clear();
  found_.insert_or_assign(path, state);
  const std::uint32_t happened = (mask_ & IN_CLOSE_WRITE) != 0 ? IN_CLOSE_WRITE
                                 : (mask_ & IN_MOVED_TO) != 0  ? IN_MOVED_TO
                                                               : IN_OPEN;
  notices_.push_back({(store_ / path).string(), happened});
}

void WatchedTree::directory_event(std::uint32_t mask, const std::string& path) {
  if (reach_ == Reach::asked) return;
  moved_ = moved_ || (mask & (IN_MOVED_FROM | IN_MOVED_TO)) != 0;
  if ((mask & IN_CREATE) != 0) walk(path, true, nullptr);
  // What is read after this event names files in it by where it is now.
  std::map<int, std::string> seen;
  if ((mask & IN_MOVED_TO) != 0) walk(path, true, &seen);
}

// link(2) gives a name to what is whole already, and nobody closes or renames that again. A file that was just made is still
// empty, or was closed since, which its next event says; so where closes are not asked for, two names tell a link.
void WatchedTree::name_event(const std::string& path) {
  const auto state = state_of(path);
  if (!state || state->size == 0) return;
  if ((mask_ & IN_CLOSE_WRITE) != 0 || ((mask_ & IN_MOVED_TO) != 0 && state->names > 1)) found(path, *state);
}

void WatchedTree::file_event(std::uint32_t mask, const std::string& path) {
  if ((mask & IN_CREATE) != 0) return name_event(path);
  const std::uint32_t happened = mask & mask_ & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_OPEN);
  if (happened == 0) return;
  if (names_the_unnamed(std::string_view(path).substr(path.rfind('/') + 1)) && !state_of(path)) return;
  const auto found = found_.find(path);
  if (found != found_.end()) {
    const bool told = state_of(path) == found->second;
    found_.erase(found);
    if (told) return;
  }
  notices_.push_back({(store_ / path).string(), happened});
}

Result<std::vector<FileNotice>> WatchedTree::read() {
  alignas(inotify_event) std::array<char, 16384> buffer;
  // Not without end, where more happens than can be read.
  constexpr int most_reads = 64;
  for (int reads = 0; reads < most_reads; ++reads) {
    const ssize_t got = ::read(watch_.get(), buffer.data(), buffer.size());
    if (got <= 0) {
      look_again();
      break;
    }
    for (ssize_t at = 0; at < got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_Q_OVERFLOW) != 0) {
        return fail(Code::failed,
                    "the kernel dropped events in the store (see fs.inotify.max_queued_events), so what "
                    "should have been scanned is unknown");
      }
      if ((event->mask & IN_IGNORED) != 0) {
        directories_.erase(event->wd);
        continue;
      }
      const auto directory = directories_.find(event->wd);
      if (directory == directories_.end() || event->len == 0) continue;
      const std::string path = joined(directory->second, event->name);
      if ((event->mask & IN_ISDIR) != 0) {
        directory_event(event->mask, path);
      } else {
        file_event(event->mask, path);
      }
    }
  }
  return std::exchange(notices_, {});
}

}  // namespace holdfast
