#include "harness/supervisor/look/holders.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

#include "harness/check/tolerances.h"
#include "harness/linux/descriptor.h"
#include "harness/linux/lease.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

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
  const std::string info = read_proc_file(proc, fmt::format("fdinfo/{}", descriptor).c_str());
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
  const ProcessStat stat = read_process_stat(proc);
  const bool busy = stat.state == 'R' || stat.state == 'D';
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const double age_s =
      static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 - stat.started_s;
  return {(stat.flags & pf_forknoexec) != 0,
          age_s < (busy ? tolerance::exec_busy_s : tolerance::exec_asleep_s), stat.parent};
}

// Whether a process runs this very program, or one of its name, and decides calls, as its thread's name says.
bool supervises(int proc, const std::string& program) {
  struct stat its {
  }, ours{};
  const bool same_program =
      ::fstatat(proc, "exe", &its, 0) == 0 && ::stat("/proc/self/exe", &ours) == 0 && same_file(its, ours);
  if (!same_program && program != "holdfast") return false;
  const Directory tasks(::fdopendir(::openat(proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  if (!tasks) return false;
  while (const dirent* task = ::readdir(tasks.get())) {  // NOLINT(concurrency-mt-unsafe)
    if (task->d_name[0] == '.') continue;
    const std::string name = fmt::format("task/{}/comm", task->d_name);
    if (read_proc_file(proc, name.c_str()) == fmt::format("{}\n", supervisor_thread_name)) return true;
  }
  return false;
}

// As lease.cc opens files. What a supervisor inherited, or holds for other purposes, is opened otherwise.
bool is_probe(int proc, long flags, const std::string& program) {
  constexpr long of_a_probe = O_NONBLOCK | O_CLOEXEC;
  return (flags & O_ACCMODE) == O_RDONLY && (flags & of_a_probe) == of_a_probe && supervises(proc, program);
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

// None if this descriptor does not have the file open.
std::optional<FoundHolder> holder_by(int proc, pid_t process, const struct stat& identity, int descriptor,
                                     int directory, const char* name) {
  struct stat st {};
  if (::fstatat(directory, name, &st, 0) != 0) return std::nullopt;
  if (st.st_dev != identity.st_dev || st.st_ino != identity.st_ino) return std::nullopt;
  const long flags = open_flags(proc, descriptor);
  if ((flags & O_PATH) != 0) return std::nullopt;  // names the file, does not open it
  FoundHolder holder;
  holder.process = process;
  holder.descriptor = descriptor;
  holder.access = access_of(flags);
  holder.program = program_of(proc);
  holder.path = link_target(directory, name);
  classify_copy(proc, flags, holder);
  holder.probe = is_probe(proc, flags, holder.program);
  return holder;
}

void find_by_descriptor(int proc, pid_t process, const struct stat& identity,
                        std::vector<FoundHolder>& holders) {
  for_each_descriptor(proc, [&](int descriptor, int directory, const char* name) {
    if (auto holder = holder_by(proc, process, identity, descriptor, directory, name))
      holders.push_back(std::move(*holder));
  });
}

// A line of maps: "start-end perms offset major:minor inode   path".
void find_by_mapping(int proc, pid_t process, const struct stat& identity,
                     std::vector<FoundHolder>& holders) {
  const std::string wanted =
      fmt::format(" {:02x}:{:02x} {} ", major(identity.st_dev), minor(identity.st_dev), identity.st_ino);
  const std::string maps = read_proc_file(proc, "maps");
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
  struct stat program {};
  holder.running = ::fstatat(proc, "exe", &program, 0) == 0 && program.st_dev == identity.st_dev &&
                   program.st_ino == identity.st_ino;
  holder.program = program_of(proc);
  const auto path = line.find('/');
  if (path != std::string::npos) holder.path = line.substr(path);
  holders.push_back(std::move(holder));
}

bool beneath(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

}  // namespace

std::vector<FoundHolder> find_holders(const struct stat& identity, const std::vector<pid_t>& processes,
                                      LookAt what) {
  std::vector<FoundHolder> holders;
  for (const pid_t process : processes) {
    const Descriptor proc = open_process(process);
    if (!proc) continue;
    if (what == LookAt::descriptors) {
      find_by_descriptor(proc.get(), process, identity, holders);
    } else {
      find_by_mapping(proc.get(), process, identity, holders);
    }
  }
  return holders;
}

std::optional<FoundHolder> find_latest_holder(const struct stat& identity, pid_t process) {
  const Descriptor proc = open_process(process);
  std::vector<int> numbers;
  if (proc) for_each_descriptor(proc.get(), [&](int number, int, const char*) { numbers.push_back(number); });
  const Descriptor directory(::openat(proc.get(), "fd", O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::sort(numbers.rbegin(), numbers.rend());
  for (const int number : numbers) {
    const std::string name = std::to_string(number);
    auto holder = holder_by(proc.get(), process, identity, number, directory.get(), name.c_str());
    if (holder && !holder->probe) return holder;
  }
  return std::nullopt;
}

bool another_supervises() {
  const auto processes = all_processes();
  return std::any_of(processes.begin(), processes.end(), [](pid_t process) {
    const Descriptor proc = open_process(process);
    return proc && supervises(proc.get(), program_of(proc.get()));
  });
}

std::vector<FoundHolder> find_directory_users(const struct stat& identity, const std::string& path,
                                              LookFor what) {
  std::vector<FoundHolder> users;
  for (const pid_t process : all_processes()) {
    const Descriptor proc = open_process(process);
    if (!proc) continue;
    const auto add = [&](int descriptor, std::string where, bool below) {
      FoundHolder holder;
      holder.beneath = below;
      holder.process = process;
      holder.descriptor = descriptor;
      holder.program = program_of(proc.get());
      holder.path = std::move(where);
      users.push_back(std::move(holder));
    };
    struct stat cwd {};
    const std::string cwd_path = link_target(proc.get(), "cwd");
    if (::fstatat(proc.get(), "cwd", &cwd, 0) == 0 && cwd.st_dev == identity.st_dev &&
        cwd.st_ino == identity.st_ino) {
      add(-1, cwd_path, false);
    } else if (beneath(cwd_path, path)) {
      add(-1, cwd_path, true);
    }
    if (what == LookFor::current_directories) continue;
    for_each_descriptor(proc.get(), [&](int descriptor, int directory, const char* name) {
      std::string target = link_target(directory, name);
      if (!beneath(target, path) || (open_flags(proc.get(), descriptor) & O_PATH) != 0) return;
      add(descriptor, std::move(target), true);
    });
  }
  return users;
}

}  // namespace holdfast
