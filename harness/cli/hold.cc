#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/retry/duration.h"
#include "harness/cli/command_line.h"
#include "harness/cli/judge.h"
#include "harness/supervisor/descriptor.h"

namespace holdfast {

int carry_out(const HoldCommand& command) {
  const auto duration = parse_duration(command.duration);
  if (!duration) return complain({Code::invalid, "--for " + duration.error().message});
  const Descriptor file(::open(command.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    return complain(
        {Code::invalid, fmt::format("cannot open {}: {}", command.path, std::strerror(errno)), errno});
  }
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  const Descriptor signals(::signalfd(-1, &set, SFD_CLOEXEC));
  fmt::print("holding {} for {} as pid {}, sharing rw-; Ctrl-C lets go\n", command.path,
             format_duration(*duration), ::getpid());
  std::fflush(stdout);
  const timespec wait{duration->count() / 1'000'000'000, duration->count() % 1'000'000'000};
  pollfd polled{signals.get(), POLLIN, 0};
  const bool cut_short = ::ppoll(&polled, 1, &wait, nullptr) > 0;
  fmt::print("{}\n", cut_short ? "let go early" : "let go");
  return 0;
}

}  // namespace holdfast
