#include "harness/supervisor/look/participants.h"

#include <algorithm>

namespace holdfast {

void Participants::add(pid_t process, Participant participant) {
  const std::lock_guard lock(mutex_);
  by_process_.insert_or_assign(process, participant);
  version_.fetch_add(1, std::memory_order_release);
}

void Participants::remove(pid_t process) {
  const std::lock_guard lock(mutex_);
  by_process_.erase(process);
  version_.fetch_add(1, std::memory_order_release);
}

std::optional<Participant> Participants::find(pid_t process) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_process_.find(process);
  if (found == by_process_.end()) return std::nullopt;
  return found->second;
}

std::vector<pid_t> Participants::processes(Role role) const {
  std::vector<pid_t> processes;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [process, participant] : by_process_) {
      if (participant.role == role) processes.push_back(process);
    }
  }
  std::sort(processes.begin(), processes.end());
  return processes;
}

}  // namespace holdfast
