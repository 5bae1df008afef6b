// Exit codes by which our own children, agents and injectors, report that they could not do their part.
#pragma once

#include <sys/wait.h>

namespace holdfast {

inline constexpr int child_refused_arguments = 64;
inline constexpr int child_failed = 70;
// A full disk has its own code, since it cannot be reported in the log.
inline constexpr int child_disk_full = 74;

// `wait_status` is that of waitpid.
inline bool gave_up(int wait_status) {
  if (!WIFEXITED(wait_status)) return false;
  const int code = WEXITSTATUS(wait_status);
  return code == child_refused_arguments || code == child_failed || code == child_disk_full;
}

// It could not record what it did, which is not a finding about the subject.
inline bool ran_out_of_disk(int wait_status) {
  return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == child_disk_full;
}

}  // namespace holdfast
