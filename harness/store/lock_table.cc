#include "harness/store/lock_table.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "harness/linux/proc.h"

namespace holdfast {
namespace {

struct Owner {
  std::uint32_t agent = no_process;
  const StoreHandle* handle = nullptr;
};

bool same_lock(const FileLock& a, const FileLock& b) {
  return a.kind == b.kind && a.exclusive == b.exclusive && a.file == b.file && a.first_byte == b.first_byte &&
         a.last_byte == b.last_byte;
}

// Whether a process waits for a lock of an open file description through this descriptor: "72 0x5 0x26 …", see
// proc_pid_syscall(5).
bool waits_in_fcntl(const StoreHandle& handle) {
  const std::string call = read_proc_file(open_process(handle.process).get(), "syscall");
  long number = -1;
  unsigned long descriptor = 0, command = 0;
  return std::sscanf(call.c_str(), "%ld %lx %lx", &number, &descriptor, &command) == 3 &&  // NOLINT
         number == SYS_fcntl && static_cast<int>(descriptor) == handle.descriptor && command == F_OFD_SETLKW;
}

class LockTable {
 public:
  LockTable(const std::vector<AgentHandles>& agents, const std::filesystem::path& store)
      : agents_(agents), inside_(store.native() + "/") {
    each([&](std::uint32_t agent, const StoreHandle& handle) {
      agent_of_.try_emplace(handle.process, agent);
      for (const FileLock& lock : handle.locks) paths_.try_emplace(lock.file, relative(handle.path));
    });
  }

  std::vector<LockSeen> of(const std::vector<FileLock>& locks) {
    for (const FileLock& lock : locks) {
      if (paths_.contains(lock.file)) add(lock);
    }
    each([&](std::uint32_t agent, const StoreHandle& handle) { add_open(agent, handle); });
    return std::move(seen_);
  }

 private:
  template <typename Visit>
  void each(Visit visit) const {
    for (const AgentHandles& agent : agents_) {
      for (const StoreHandle& handle : agent.handles) visit(agent.agent, handle);
    }
  }

  [[nodiscard]] std::string relative(const std::string& path) const {
    return path.starts_with(inside_) ? path.substr(inside_.size()) : path;
  }

  [[nodiscard]] Owner owner_of(const FileLock& lock, const std::string& path) {
    Owner owner;
    each([&](std::uint32_t agent, const StoreHandle& handle) {
      if (owner.handle != nullptr || (lock.process > 0 && lock.waits && handle.process != lock.process))
        return;
      const bool its = lock.waits
                           ? relative(handle.path) == path &&
                                 (lock.process > 0 || (!told_.contains(&handle) && waits_in_fcntl(handle)))
                           : std::any_of(handle.locks.begin(), handle.locks.end(),
                                         [&](const FileLock& held) { return same_lock(held, lock); }) &&
                                 (lock.kind != LockKind::posix || handle.process == lock.process);
      if (its) owner = {agent, &handle};
    });
    if (lock.waits && owner.handle != nullptr) told_.insert(owner.handle);
    return owner;
  }

  void add(const FileLock& lock) {
    LockSeen seen;
    seen.state = lock.waits ? LockState::waits : LockState::held;
    seen.kind = lock.kind;
    seen.exclusive = lock.exclusive;
    seen.number = lock.number;
    seen.first_byte = lock.first_byte;
    seen.last_byte = lock.last_byte;
    seen.path = paths_[lock.file];
    const Owner owner = owner_of(lock, seen.path);
    seen.agent = owner.agent;
    seen.pid = owner.handle != nullptr ? owner.handle->process : std::max(lock.process, 0);
    if (const auto known = agent_of_.find(seen.pid); known != agent_of_.end()) seen.agent = known->second;
    if (seen.pid != 0) seen.program = program_of_process(seen.pid);
    involved_.emplace(seen.pid, seen.path);
    seen_.push_back(std::move(seen));
  }

  void add_open(std::uint32_t agent, const StoreHandle& handle) {
    const std::string path = relative(handle.path);
    const bool locked =
        std::any_of(paths_.begin(), paths_.end(), [&](const auto& entry) { return entry.second == path; });
    if (!locked || handle.descriptor < 0 || !involved_.emplace(handle.process, path).second) return;
    LockSeen seen;
    seen.state = LockState::open;
    seen.agent = agent;
    seen.pid = handle.process;
    seen.program = program_of_process(handle.process);
    seen.path = path;
    seen_.push_back(std::move(seen));
  }

  const std::vector<AgentHandles>& agents_;
  const std::string inside_;
  std::map<std::string, std::string> paths_;  // by the kernel's name of a file
  std::map<pid_t, std::uint32_t> agent_of_;
  std::set<const StoreHandle*> told_;
  std::set<std::pair<pid_t, std::string>> involved_;
  std::vector<LockSeen> seen_;
};

}  // namespace

std::vector<LockSeen> lock_table(std::string_view locks, const std::vector<AgentHandles>& agents,
                                 const std::filesystem::path& store) {
  return LockTable(agents, store).of(parse_locks(locks));
}

}  // namespace holdfast
