#include "harness/linux/reaper.h"

#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "harness/linux/proc.h"

namespace holdfast {
Result<> become_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
    return fail(Code::unsupported, fmt::format("prctl(PR_SET_CHILD_SUBREAPER): {}", std::strerror(errno)),
                errno);
  }
  return {};
}

std::vector<pid_t> children() {
  const pid_t own = ::getpid();
  auto processes = all_processes();
  std::erase_if(processes, [&](pid_t process) {
    const Descriptor proc = open_process(process);
    return !proc || read_process_stat(proc.get()).parent != own;
  });
  return processes;
}

void end_all_descendants(const std::vector<pid_t>& spare, const std::function<void(pid_t, int)>& reaped) {
  for (;;) {
    auto doomed = children();
    std::erase_if(doomed,
                  [&](pid_t child) { return std::find(spare.begin(), spare.end(), child) != spare.end(); });
    if (doomed.empty()) return;
    for (const pid_t child : doomed) ::kill(child, SIGKILL);
    for (const pid_t child : doomed) {
      int status = 0;
      if (::waitpid(child, &status, 0) == child) reaped(child, status);
    }
  }
}

}  // namespace holdfast
