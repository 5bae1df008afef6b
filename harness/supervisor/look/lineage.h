// Who descends from whom: a command's own processes are those below the one that started it.
#pragma once

#include <sys/types.h>

namespace holdfast {

pid_t parent_of(pid_t process);  // 0: gone, or may not be looked at

// Whether `ancestor` is among the ancestors of a process.
bool descends_from(pid_t process, pid_t ancestor);

}  // namespace holdfast
