// How our own children, agents and injectors, say by their end that they could not do their part.
#pragma once

#include <sys/wait.h>

namespace holdfast {

inline constexpr int child_refused_arguments = 64;
inline constexpr int child_failed = 70;
// A full disk has a code of its own: there is no room to say it in the log.
inline constexpr int child_disk_full = 74;

// `wait_status` as waitpid gives it.
inline bool gave_up(int wait_status) {
  if (!WIFEXITED(wait_status)) return false;
  const int code = WEXITSTATUS(wait_status);
  return code == child_refused_arguments || code == child_failed || code == child_disk_full;
}

// It could not write down what it did, which is no finding about the subject.
inline bool ran_out_of_disk(int wait_status) {
  return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == child_disk_full;
}

}  // namespace holdfast
