#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "harness/cli/command_line.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/terminal/terminal.h"

namespace {

// Descriptors 0 to 2 must be somebody's: what a run opens would become its standard error.
void open_standard_descriptors() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR)) {
    if (fd > STDERR_FILENO) {
      ::close(fd);
      return;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  int code = holdfast::exit_internal;
  try {
    code = holdfast::carry_out_command_line(argc, argv);
  } catch (const std::exception& error) {
    if (std::ferror(stdout) == 0) {
      holdfast::say_error(std::string("internal error: ") + error.what());
      return holdfast::exit_internal;
    }
  }
  // What was asked for did not arrive, whatever it was worth.
  const bool flushed = std::fflush(stdout) == 0;
  if (flushed && std::ferror(stdout) == 0) return code;
  std::fprintf(stderr, "holdfast: cannot write to standard output%s%s\n", flushed ? "" : ": ",
               flushed ? "" : std::strerror(errno));
  return holdfast::exit_internal;
}
