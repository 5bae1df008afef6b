#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <variant>

#include "harness/agents/agent.h"
#include "harness/agents/reader.h"
#include "harness/cli/command_line.h"
#include "harness/cli/live_rules.h"
#include "harness/inject/injector.h"
#include "harness/supervisor/barrier.h"
#include "harness/supervisor/launcher.h"

namespace {

holdfast::Trap trap_named(const std::string& name) {
  if (name == "opens") return holdfast::Trap::opens;
  return name == "store-calls" ? holdfast::Trap::store_calls : holdfast::Trap::decided_calls;
}

int carry_out_internal(const holdfast::InternalCommand& command) {
  using Role = holdfast::InternalCommand::Role;
  switch (command.role) {
    case Role::launcher:
      return holdfast::launcher_main(holdfast::launcher_descriptor, trap_named(command.trap));
    case Role::agent:
      return holdfast::agent_main(command.run_directory, command.index, command.token, command.restarted);
    case Role::reader:
      return holdfast::reader_main(command.run_directory, command.index, command.token, command.mailboxes);
    case Role::injector:
      return holdfast::injector_main(command.run_directory, command.index, command.token);
    case Role::rules:
      if (::chdir(command.run_directory.c_str()) != 0) return holdfast::exit_internal;
      return holdfast::live_rules_main(command.posix, command.output);
  }
  return holdfast::exit_internal;
}

struct CarryOut {
  int operator()(const holdfast::NoCommand& command) const { return command.exit_code; }
  int operator()(const holdfast::InternalCommand& command) const { return carry_out_internal(command); }
  template <typename Other>
  int operator()(const Other& command) const {
    return holdfast::carry_out(command);
  }
};

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
    code = std::visit(CarryOut{}, holdfast::parse_command_line(argc, argv));
  } catch (const std::exception& error) {
    if (std::ferror(stdout) == 0) {
      std::fprintf(stderr, "holdfast: internal error: %s\n", error.what());
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
