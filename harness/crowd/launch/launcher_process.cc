#define BOOST_PROCESS_V2_HEADER_ONLY 1
// Nothing here runs in two threads, and ThreadSanitizer's build takes no fences.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK 1
#include "harness/crowd/launch/launcher_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/process/v2/process.hpp>
#include <cerrno>
#include <cstring>

#include "harness/linux/barrier.h"

namespace holdfast {
namespace {

namespace process = boost::process::v2;

// Gives the child `source` as descriptor `target`. (Boost 1.81's own posix::bind_fd has a function without
// its return statement, which crashes optimised builds.)
struct InheritDescriptor {
  int target;
  int source;

  template <typename Launcher, typename... Rest>
  process::error_code on_setup(Launcher& launcher, const Rest&...) const {
    launcher.fd_whitelist.push_back(target);
    return {};
  }
  template <typename Launcher, typename... Rest>
  process::error_code on_exec_setup(Launcher&, const Rest&...) const {  // in the child, between fork and exec
    if (::dup2(source, target) < 0) return process::error_code(errno, boost::system::system_category());
    return {};
  }
};

// So high that binding one descriptor to its number cannot overwrite another.
constexpr int first_free_number = 16;

// Both ends close-on-exec.
Result<> make_pair(bool socket, Descriptor& ours, Descriptor& theirs, bool we_read) {
  std::array<int, 2> ends{};
  const int made = socket ? ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data())
                          : ::pipe2(ends.data(), O_CLOEXEC);
  if (made != 0) return fail(Code::failed, fmt::format("pipe: {}", std::strerror(errno)), errno);
  const Descriptor first(ends[0]), second(ends[1]);
  ours = Descriptor(::fcntl(we_read ? ends[0] : ends[1], F_DUPFD_CLOEXEC, first_free_number));
  theirs = Descriptor(::fcntl(we_read ? ends[1] : ends[0], F_DUPFD_CLOEXEC, first_free_number));
  if (!ours || !theirs)
    return fail(Code::failed, fmt::format("fcntl(F_DUPFD): {}", std::strerror(errno)), errno);
  return {};
}

Result<> make_turnstile(Descriptor& permits) {
  const Descriptor made(::eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE));
  permits = Descriptor(::fcntl(made.get(), F_DUPFD_CLOEXEC, first_free_number));
  if (!permits) return fail(Code::failed, fmt::format("eventfd: {}", std::strerror(errno)), errno);
  return {};
}

}  // namespace

struct LauncherProcess::Child {
  boost::asio::io_context context;
  process::process handle{context};
};

LauncherProcess::LauncherProcess(std::unique_ptr<Child> child) : child_(std::move(child)) {}
LauncherProcess::LauncherProcess(LauncherProcess&&) noexcept = default;
LauncherProcess::~LauncherProcess() = default;

pid_t LauncherProcess::pid() const {
  return child_->handle.id();
}

Result<LauncherProcess> LauncherProcess::start(const std::filesystem::path& executable, RunPipes& pipes,
                                               Trap trap) {
  Descriptor socket, status, start, stop;
  for (const auto& made :
       {make_pair(true, pipes.socket, socket, true), make_pair(false, pipes.status, status, true),
        make_pair(false, pipes.start, start, false), make_pair(false, pipes.stop, stop, false),
        make_turnstile(pipes.finish)}) {
    if (!made) return fail(made.error());
  }
  ::fcntl(pipes.status.get(), F_SETFL, O_NONBLOCK);  // the conductor asks for news that may not be there
  // Without a plan, a descriptor that says as much.
  const Descriptor plan(
      ::fcntl(pipes.plan ? pipes.plan.get() : start.get(), F_DUPFD_CLOEXEC, first_free_number));
  auto child = std::make_unique<Child>();
  std::vector<std::string> arguments = {"internal-launcher"};
  if (trap != Trap::decided_calls) arguments.emplace_back(trap == Trap::opens ? "opens" : "store-calls");
  try {
    child->handle = process::process(
        child->context, executable.string(), arguments, InheritDescriptor{status_descriptor, status.get()},
        InheritDescriptor{start_descriptor, start.get()},
        InheritDescriptor{finish_descriptor, pipes.finish.get()},
        InheritDescriptor{stop_descriptor, stop.get()}, InheritDescriptor{launcher_descriptor, socket.get()},
        InheritDescriptor{plan_descriptor, plan.get()});
  } catch (const std::exception& error) {
    return fail(Code::failed,
                fmt::format("cannot start the launcher {}: {}", executable.string(), error.what()));
  }
  return LauncherProcess(std::move(child));
}

int LauncherProcess::wait() {
  boost::system::error_code ignored;
  child_->handle.wait(ignored);
  return child_->handle.native_exit_code();
}

}  // namespace holdfast
