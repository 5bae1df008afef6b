#include "harness/supervisor/reaper.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace holdfast {
namespace {

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  DIR* proc = ::opendir("/proc");
  if (proc == nullptr) return children;
  while (const dirent* entry = ::readdir(proc)) {  // NOLINT(concurrency-mt-unsafe)
    const pid_t process = static_cast<pid_t>(std::atoi(entry->d_name));
    if (process <= 0) continue;
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    std::string stat;
    std::getline(file, stat);
    const auto after_name = stat.rfind(')');
    if (after_name == std::string::npos || stat.size() < after_name + 4) continue;
    if (std::atoi(stat.c_str() + after_name + 4) == parent) children.push_back(process);
  }
  ::closedir(proc);
  return children;
}

}  // namespace

Result<> become_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
    return fail(Code::unsupported, fmt::format("prctl(PR_SET_CHILD_SUBREAPER): {}", std::strerror(errno)),
                errno);
  }
  return {};
}

std::vector<pid_t> children() {
  return children_of(::getpid());
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
