#include "harness/supervisor/holders.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

#include "harness/supervisor/descriptor.h"

namespace holdfast {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

std::string read_text(int base, const char* name) {
  const Descriptor file(::openat(base, name, O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!file) return text;
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string link_target(int base, const char* name) {
  std::array<char, PATH_MAX> buffer;
  const ssize_t length = ::readlinkat(base, name, buffer.data(), buffer.size());
  return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string("?");
}

std::string file_name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

Descriptor open_proc(pid_t process) {
  return Descriptor(::open(fmt::format("/proc/{}", process).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

// Calls visit(descriptor, name) for each descriptor of a process.
template <typename Visit>
void for_each_descriptor(int proc, Visit visit) {
  const int fd = ::openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  const Directory directory(::fdopendir(fd));
  if (!directory) {
    ::close(fd);
    return;
  }
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
    if (entry->d_name[0] == '.') continue;
    visit(std::atoi(entry->d_name), ::dirfd(directory.get()), entry->d_name);
  }
}

// Open flags as fdinfo shows them, in octal.
long open_flags(int proc, int descriptor) {
  const std::string info = read_text(proc, fmt::format("fdinfo/{}", descriptor).c_str());
  constexpr std::string_view label = "flags:";
  const auto at = info.find(label);
  return at == std::string::npos ? 0 : std::strtol(info.c_str() + at + label.size(), nullptr, 8);
}

FileBits access_of(long flags) {
  switch (flags & O_ACCMODE) {
    case O_RDONLY:
      return read_bit;
    case O_WRONLY:
      return write_bit;
    default:
      return read_bit | write_bit;
  }
}

// From /proc/PID/stat: PF_FORKNOEXEC says that the process has not called exec since it was forked.
struct ForkState {
  bool forked_no_exec = false;
  bool passing = false;  // on its way to exec, as far as one can see
  pid_t parent = 0;
};

ForkState fork_state(int proc) {
  constexpr unsigned long pf_forknoexec = 0x40;
  // A child on its way to exec does not sleep; on a busy machine it may wait for a processor, though.
  constexpr double passing_s = 0.05, passing_busy_s = 2;
  const std::string stat = read_text(proc, "stat");
  const auto after_name = stat.rfind(')');  // the name may hold anything
  if (after_name == std::string::npos || stat.size() < after_name + 4) return {};
  ForkState state;
  const char* at = stat.c_str() + after_name + 2;
  const bool busy = *at == 'R' || *at == 'D';
  char* next = nullptr;
  state.parent = static_cast<pid_t>(std::strtol(at + 1, &next, 10));
  for (int field = 5; field <= 8; ++field) std::strtol(next, &next, 10);
  state.forked_no_exec = (std::strtoul(next, &next, 10) & pf_forknoexec) != 0;
  for (int field = 10; field <= 21; ++field) std::strtol(next, &next, 10);
  const double started_s =
      static_cast<double>(std::strtoull(next, &next, 10)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const double age_s = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 - started_s;
  state.passing = age_s < (busy ? passing_busy_s : passing_s);
  return state;
}

bool same_description(pid_t a, pid_t b, int descriptor) {
  return ::syscall(SYS_kcmp, a, b, KCMP_FILE, descriptor, descriptor) == 0;
}

void classify_copy(int proc, long flags, FoundHolder& holder) {
  const ForkState state = fork_state(proc);
  if (!state.forked_no_exec) return;
  if ((flags & O_CLOEXEC) != 0 && state.passing) {
    holder.between_fork_and_exec = true;
  } else {
    holder.forked_copy = same_description(holder.process, state.parent, holder.descriptor);
  }
}

void find_by_descriptor(int proc, pid_t process, const struct stat& identity,
                        std::vector<FoundHolder>& holders) {
  for_each_descriptor(proc, [&](int descriptor, int directory, const char* name) {
    struct stat st {};
    if (::fstatat(directory, name, &st, 0) != 0) return;
    if (st.st_dev != identity.st_dev || st.st_ino != identity.st_ino) return;
    const long flags = open_flags(proc, descriptor);
    if ((flags & O_PATH) != 0) return;  // names the file, does not open it
    FoundHolder holder;
    holder.process = process;
    holder.descriptor = descriptor;
    holder.access = access_of(flags);
    holder.program = file_name_of(link_target(proc, "exe"));
    holder.path = link_target(directory, name);
    classify_copy(proc, flags, holder);
    holders.push_back(std::move(holder));
  });
}

// A line of maps: "start-end perms offset major:minor inode   path".
void find_by_mapping(int proc, pid_t process, const struct stat& identity,
                     std::vector<FoundHolder>& holders) {
  const std::string wanted =
      fmt::format(" {:02x}:{:02x} {} ", major(identity.st_dev), minor(identity.st_dev), identity.st_ino);
  const std::string maps = read_text(proc, "maps");
  const auto at = maps.find(wanted);
  if (at == std::string::npos) return;
  const auto begin = maps.rfind('\n', at) + 1;  // npos + 1 == 0
  const std::string line = maps.substr(begin, maps.find('\n', at) - begin);
  FoundHolder holder;
  holder.process = process;
  const auto permissions = line.find(' ');
  holder.access = read_bit;
  if (permissions != std::string::npos && line.substr(permissions, 5).find('w') != std::string::npos) {
    holder.access |= write_bit;
  }
  holder.program = file_name_of(link_target(proc, "exe"));
  const auto path = line.find('/');
  if (path != std::string::npos) holder.path = line.substr(path);
  holders.push_back(std::move(holder));
}

bool beneath(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

}  // namespace

std::vector<pid_t> all_processes() {
  std::vector<pid_t> processes;
  const Directory proc(::opendir("/proc"));
  if (!proc) return processes;
  const pid_t own = ::getpid();
  while (const dirent* entry = ::readdir(proc.get())) {  // NOLINT(concurrency-mt-unsafe)
    const pid_t process = static_cast<pid_t>(std::atoi(entry->d_name));
    if (process > 0 && process != own) processes.push_back(process);
  }
  return processes;
}

std::vector<FoundHolder> find_holders(const struct stat& identity, const std::vector<pid_t>& processes,
                                      LookAt what) {
  std::vector<FoundHolder> holders;
  for (const pid_t process : processes) {
    const Descriptor proc = open_proc(process);
    if (!proc) continue;
    if (what == LookAt::descriptors) {
      find_by_descriptor(proc.get(), process, identity, holders);
    } else {
      find_by_mapping(proc.get(), process, identity, holders);
    }
  }
  return holders;
}

DirectoryUse find_directory_use(const struct stat& identity, const std::string& path) {
  DirectoryUse use;
  for (const pid_t process : all_processes()) {
    const Descriptor proc = open_proc(process);
    if (!proc) continue;
    const auto add = [&](int descriptor, std::string where) {
      FoundHolder holder;
      holder.process = process;
      holder.descriptor = descriptor;
      holder.program = file_name_of(link_target(proc.get(), "exe"));
      holder.path = std::move(where);
      use.holders.push_back(std::move(holder));
    };
    struct stat cwd {};
    const std::string cwd_path = link_target(proc.get(), "cwd");
    if (::fstatat(proc.get(), "cwd", &cwd, 0) == 0 && cwd.st_dev == identity.st_dev &&
        cwd.st_ino == identity.st_ino) {
      use.is_current_directory = true;
      add(-1, cwd_path);
    } else if (beneath(cwd_path, path)) {
      use.has_open_child = true;
      add(-1, cwd_path);
    }
    for_each_descriptor(proc.get(), [&](int descriptor, int directory, const char* name) {
      std::string target = link_target(directory, name);
      if (!beneath(target, path) || (open_flags(proc.get(), descriptor) & O_PATH) != 0) return;
      use.has_open_child = true;
      add(descriptor, std::move(target));
    });
  }
  return use;
}

std::string program_of(pid_t process) {
  const Descriptor proc = open_proc(process);
  return proc ? file_name_of(link_target(proc.get(), "exe")) : "?";
}

}  // namespace holdfast
