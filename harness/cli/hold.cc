#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/retry/duration.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/subcommand.h"
#include "harness/linux/descriptor.h"
#include "harness/linux/share_mark.h"
#include "reports/format/text.h"

namespace holdfast {

struct HoldCommand {
  std::string path;
  std::string duration;               // "2s"
  std::optional<std::string> access;  // letters of "rwd"; none: reading, and what its profile shares
  std::optional<std::string> share;
};

namespace {

// What is held, and how it is told.
struct Held {
  Descriptor file;
  std::string mode = "sharing rw-";
};

Result<Held> open_held(const HoldCommand& command) {
  Held held;
  if (!command.access && !command.share) {
    held.file = Descriptor(::open(command.path.c_str(), O_RDONLY | O_CLOEXEC));
  } else {
    const auto access = parse_letters(command.access.value_or("r"));
    const auto share = parse_letters(command.share.value_or("rw"));
    if (!access)
      return fail(Code::invalid, fmt::format("--access {}: write letters of rwd, or -", *command.access));
    if (!share)
      return fail(Code::invalid, fmt::format("--share {}: write letters of rwd, or -", *command.share));
    open_how how{};
    how.flags =
        with_declared_mode(((*access & write_bit) != 0 ? O_RDWR : O_RDONLY) | O_CLOEXEC, {*access, *share});
    held.file = Descriptor(
        static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, command.path.c_str(), &how, sizeof how)));
    held.mode = fmt::format("access {}, sharing {}", to_letters(*access), to_letters(*share));
    if (!held.file && errno == EINVAL) {
      return fail(Code::invalid,
                  "Linux has no share modes: --access and --share only work within 'holdfast exec --opens'");
    }
  }
  if (!held.file)
    return fail(Code::invalid, fmt::format("cannot open {}: {}", command.path, std::strerror(errno)), errno);
  return held;
}

}  // namespace

static int carry_out(const HoldCommand& command) {
  const auto duration = parse_duration(command.duration);
  if (!duration) return complain({Code::invalid, "--for " + duration.error().message});
  const auto held = open_held(command);
  if (!held) return complain(held.error());
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  const Descriptor signals(::signalfd(-1, &set, SFD_CLOEXEC));
  fmt::print("holding {} for {} as pid {}, {}; Ctrl-C releases it\n", one_line(command.path),
             format_duration(*duration), ::getpid(), held->mode);
  std::fflush(stdout);
  const timespec wait{duration->count() / 1'000'000'000, duration->count() % 1'000'000'000};
  pollfd polled{signals.get(), POLLIN, 0};
  const bool cut_short = ::ppoll(&polled, 1, &wait, nullptr) > 0;
  fmt::print("{}\n", cut_short ? "released early" : "released");
  return 0;
}

static void add_options(CLI::App& app, HoldCommand& command) {
  app.add_option("path", command.path, "The file")->required();
  app.add_option("--for", command.duration, "How long, as in 500ms or 2s")->required();
  app.add_option("--access", command.access,
                 "Access to open the file with: any of the letters r, w, d (default: r), or '-' for "
                 "attributes only. Like --share, it works only under 'holdfast exec --opens'");
  app.add_option(
      "--share", command.share,
      "What others may do meanwhile: any of the letters r, w, d (default: rw), or '-' for nothing");
}

extern const Subcommand hold_subcommand{
    "hold", "Keep a file open for a while, as a viewer or a scanner would", add_command<HoldCommand>,
    "  holdfast hold queue.json --for 2s                  as a scanner would\n"
    "  holdfast exec --opens -- holdfast hold queue.json --for 2s --share -   as a backup would: nobody else "
    "may open it"};

}  // namespace holdfast
