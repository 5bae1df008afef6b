// The processes that take part in a run, by pid. Shared between the conductor's thread, which knows what it started,
// and the supervisor's, which meets their children.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "harness/history/event.h"
#include "harness/sharing/sharing.h"

namespace holdfast {

struct Participant {
  Role role = Role::agent;  // agent or injector
  std::uint32_t index = 0;
  FileBits share = read_bit | write_bit;  // of its handles
  bool makes_wait = false;                // calls wait until it releases the file, see obliging_holders.h
};

// Every member may be called from any thread.
class Participants {
 public:
  void add(pid_t process, Participant participant);
  void remove(pid_t process);
  [[nodiscard]] std::optional<Participant> find(pid_t process) const;

  // Changes whenever a process joins or leaves.
  [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

  // The pids of one role, ascending.
  [[nodiscard]] std::vector<pid_t> processes(Role role) const;

 private:
  std::atomic<std::uint64_t> version_{0};
  mutable std::mutex mutex_;
  std::unordered_map<pid_t, Participant> by_process_;
};

}  // namespace holdfast
