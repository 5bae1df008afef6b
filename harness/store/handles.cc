#include "harness/store/handles.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "harness/linux/descriptor.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

constexpr std::string_view deleted_mark = " (deleted)";
constexpr std::uint64_t marks_begin = std::uint64_t{1} << 60U;  // see share_mark.h

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

template <typename Number>
std::optional<Number> number_in(std::string_view word) {
  Number number{};
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

// "1: -> OFDLCK ADVISORY  WRITE -1 fd:01:1234 0 EOF"; before it "lock:" in fdinfo.
std::optional<FileLock> parse_lock(std::string_view line) {
  auto words = words_of(line);
  if (!words.empty() && words[0] == "lock:") words.erase(words.begin());
  if (words.empty()) return std::nullopt;
  FileLock lock;
  lock.number = number_in<std::uint32_t>(words[0]).value_or(0);
  words.erase(words.begin());
  while (!words.empty() && words[0] == "->") {
    lock.waits = true;
    words.erase(words.begin());
  }
  if (words.size() < 7) return std::nullopt;
  if (words[0] == "FLOCK") {
    lock.kind = LockKind::flock;
  } else if (words[0] == "POSIX") {
    lock.kind = LockKind::posix;
  } else if (words[0] == "OFDLCK") {
    lock.kind = LockKind::ofd;
  } else {
    return std::nullopt;
  }
  lock.exclusive = words[2] == "WRITE";
  lock.process = number_in<std::int32_t>(words[3]).value_or(-1);
  lock.file = words[4];
  lock.first_byte = number_in<std::uint64_t>(words[5]).value_or(0);
  lock.last_byte = number_in<std::uint64_t>(words[6]).value_or(std::numeric_limits<std::uint64_t>::max());
  if (lock.first_byte >= marks_begin) return std::nullopt;
  return lock;
}

std::string access_in(std::string_view info) {
  constexpr std::string_view label = "flags:";
  const auto at = info.find(label);
  if (at == std::string_view::npos) return "?";
  const long flags = std::strtol(info.data() + at + label.size(), nullptr, 8);
  if ((flags & O_PATH) != 0) return {};  // names the file, does not open it
  std::string access = (flags & O_ACCMODE) == O_RDONLY ? "r" : (flags & O_ACCMODE) == O_WRONLY ? "w" : "rw";
  if ((flags & O_APPEND) != 0) access += "a";
  return access;
}

struct Name {
  std::string path;
  bool gone = false;
  bool replaced = false;
};

// For a file, from its path in /proc; none if it is not below the store, or never had a name.
std::optional<Name> name_of(std::string path, const std::string& inside, const struct stat& file) {
  if (!path.starts_with(inside)) return std::nullopt;
  Name name;
  if (path.ends_with(deleted_mark)) {
    path.resize(path.size() - deleted_mark.size());
    name.gone = true;
    const std::string_view last = std::string_view(path).substr(path.rfind('/') + 1);
    const bool digits = last.size() > 1 && last.find_first_not_of("0123456789", 1) == std::string_view::npos;
    if (last[0] == '#' && digits) return std::nullopt;  // O_TMPFILE
  }
  struct stat now {};
  name.replaced = name.gone && ::lstat(path.c_str(), &now) == 0 && now.st_ino != file.st_ino;
  name.path = std::move(path);
  return name;
}

// A line of maps: "start-end perms offset major:minor inode   path".
void add_mappings(int process_directory, pid_t process, const std::string& inside, std::set<ino_t>& seen,
                  std::vector<StoreHandle>& handles) {
  const std::string maps = read_proc_file(process_directory, "maps");
  for (std::size_t at = maps.find(inside); at != std::string::npos; at = maps.find(inside, at)) {
    const std::size_t begin = maps.rfind('\n', at) + 1;
    const std::size_t end = std::min(maps.find('\n', at), maps.size());
    const auto words = words_of(std::string_view(maps).substr(begin, at - begin));
    struct stat file {};
    file.st_ino = words.size() == 5 ? number_in<ino_t>(words[4]).value_or(0) : 0;
    if (file.st_ino != 0 && seen.insert(file.st_ino).second) {
      if (auto name = name_of(maps.substr(at, end - at), inside, file))
        handles.push_back({process, -1, std::move(name->path), name->gone, name->replaced,
                           words[1].find('w') != std::string_view::npos ? "rw" : "r"});
    }
    at = end;
  }
}

std::vector<pid_t> children_as_told(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code problem;
  for (std::filesystem::directory_iterator thread(fmt::format("/proc/{}/task", parent), problem), end;
       !problem && thread != end; thread.increment(problem)) {
    const Descriptor directory(::open(thread->path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const std::string text = read_proc_file(directory.get(), "children");
    for (const auto word : words_of(text)) {
      if (const auto child = number_in<pid_t>(word)) children.push_back(*child);
    }
  }
  return children;
}

// For kernels without CONFIG_PROC_CHILDREN.
std::vector<pid_t> children_as_looked_for(pid_t parent) {
  auto processes = all_processes();
  std::erase_if(processes, [&](pid_t process) {
    const Descriptor directory = open_process(process);
    return !directory || read_process_stat(directory.get()).parent != parent;
  });
  return processes;
}

}  // namespace

std::vector<FileLock> parse_locks(std::string_view text) {
  std::vector<FileLock> locks;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto lock = parse_lock(text.substr(0, end))) locks.push_back(std::move(*lock));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return locks;
}

std::vector<pid_t> process_tree(pid_t root) {
  static const bool kernel_knows = ::access("/proc/thread-self/children", R_OK) == 0;
  std::vector<pid_t> tree{root};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    for (const pid_t child : kernel_knows ? children_as_told(tree[i]) : children_as_looked_for(tree[i])) {
      if (std::find(tree.begin(), tree.end(), child) == tree.end()) tree.push_back(child);
    }
  }
  return tree;
}

std::vector<StoreHandle> store_handles(const std::filesystem::path& store, pid_t process) {
  std::vector<StoreHandle> handles;
  const std::string inside = store.native() + "/";
  const Descriptor directory = open_process(process);
  std::set<ino_t> seen;
  std::error_code problem;
  for (std::filesystem::directory_iterator entry(fmt::format("/proc/{}/fd", process), problem), end;
       !problem && entry != end; entry.increment(problem)) {
    std::error_code gone;
    const std::string path = std::filesystem::read_symlink(entry->path(), gone).string();
    struct stat status {};
    if (gone || !path.starts_with(inside) || ::stat(entry->path().c_str(), &status) != 0 ||
        !S_ISREG(status.st_mode))
      continue;
    auto name = name_of(path, inside, status);
    const std::string number = entry->path().filename().string();
    const std::string info = read_proc_file(directory.get(), ("fdinfo/" + number).c_str());
    std::string access = access_in(info);
    if (!name || access.empty()) continue;
    seen.insert(status.st_ino);
    // A file that has another name is not gone: link(2) and unlink(2) give a file its name, too.
    const bool removed = status.st_nlink == 0;
    handles.push_back({process, std::atoi(number.c_str()), std::move(name->path), removed, name->replaced,
                       std::move(access), parse_locks(info)});
  }
  add_mappings(directory.get(), process, inside, seen, handles);
  return handles;
}

std::vector<StoreHandle> tree_handles(const std::filesystem::path& store, pid_t root) {
  std::vector<StoreHandle> handles;
  for (const pid_t process : process_tree(root)) {
    auto some = store_handles(store, process);
    std::move(some.begin(), some.end(), std::back_inserter(handles));
  }
  return handles;
}

GoneHandles gone_handles(const std::vector<StoreHandle>& handles) {
  GoneHandles gone;
  for (const StoreHandle& handle : handles) {
    gone.replaced += handle.replaced ? 1 : 0;
    gone.removed += handle.gone && !handle.replaced ? 1 : 0;
  }
  return gone;
}

std::uint64_t most_of_one_file(const std::vector<StoreHandle>& handles) {
  std::map<std::tuple<pid_t, std::string, std::string>, std::uint64_t> alike;
  std::uint64_t most = 0;
  for (const StoreHandle& handle : handles) {
    if (handle.gone || handle.descriptor < 0) continue;
    most = std::max(most, ++alike[{handle.process, handle.path, handle.access}]);
  }
  return most;
}

}  // namespace holdfast
