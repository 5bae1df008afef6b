#include "harness/cli/exec/judge_left.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace holdfast {

Result<int> judge_left(const std::string& command, int exit_code) {
  const std::string code = fmt::format("{}", exit_code);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("HOLDFAST_EXIT", code.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): the child has one thread
    ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  int status = 0;
  if (child < 0)
    return fail(Code::failed, fmt::format("--then: cannot start a shell: {}", std::strerror(errno)), errno);
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR)
      return fail(Code::failed, fmt::format("--then: cannot wait for the shell: {}", std::strerror(errno)),
                  errno);
  }
  return status;
}

}  // namespace holdfast
