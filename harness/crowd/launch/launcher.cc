#include "harness/crowd/launch/launcher.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <unordered_map>

#include "harness/linux/launcher_messages.h"
#include "harness/linux/private_process.h"
#include "harness/linux/reaper.h"

namespace holdfast {
namespace {

class Launcher {
 public:
  explicit Launcher(int socket) : socket_(socket) {}

  bool begin(Trap trap) {
    LauncherMessage hello{.kind = LauncherMessageKind::ready};
    auto prepared = become_subreaper();
    if (prepared) {
      if (auto listener = install_filter(trap)) {
        hello.descriptor = Descriptor(*listener);
      } else {
        prepared = fail(listener.error());
      }
    }
    if (!prepared) {
      hello.kind = LauncherMessageKind::refused;
      hello.error = prepared.error().os_code;
      hello.arguments = {prepared.error().message};
    }
    const bool sent = send_message(socket_, hello).has_value();
    // Not by close(), which may be trapped: it would wait for ever for an answer through this very copy,
    // should the conductor be gone by now.
    if (const int listener = hello.descriptor.release(); listener >= 0) {
      ::close_range(static_cast<unsigned>(listener), static_cast<unsigned>(listener), 0);
    }
    return sent && prepared.has_value();
  }

  void serve() {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    const Descriptor children(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    for (;;) {
      pollfd polled[] = {{socket_, POLLIN, 0}, {children.get(), POLLIN, 0}};
      if (::poll(polled, 2, -1) < 0) continue;
      if (polled[1].revents != 0) {
        signalfd_siginfo drained;
        while (::read(children.get(), &drained, sizeof drained) > 0) {
        }
        reap();
      }
      if (polled[0].revents != 0 && !obey()) break;
    }
    end_all_descendants({}, [&](pid_t process, int status) { tell_exit(process, status); });
    static_cast<void>(send_message(socket_, {.kind = LauncherMessageKind::gone}));
    // With store calls trapped and nobody left to answer, /proc cannot be read, so nobody was found: all that
    // was started here is of this process group.
    if (::open("/proc/self", O_PATH | O_CLOEXEC) < 0 && errno == ENOSYS) ::kill(0, SIGKILL);
  }

 private:
  // False: shut down, or the conductor is gone.
  bool obey() {
    auto received = receive_message(socket_);
    if (!received || !*received) return false;
    const LauncherMessage& message = **received;
    switch (message.kind) {
      case LauncherMessageKind::spawn:
        spawn(message);
        return true;
      case LauncherMessageKind::signal:
        for (const auto& [process, token] : tokens_) {
          if (message.token == 0 || message.token == token) ::kill(process, message.status);
        }
        return true;
      default:
        return false;
    }
  }

  void spawn(const LauncherMessage& request) {
    LauncherMessage reply{.kind = LauncherMessageKind::spawned, .token = request.token};
    std::vector<char*> argv;
    for (std::size_t i = 1; i < request.arguments.size(); ++i) {
      argv.push_back(const_cast<char*>(request.arguments[i].c_str()));
    }
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, request.arguments.front().c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    // posix_spawn shares this small process's memory until exec: its cost does not grow with anybody's heap.
    reply.error = ::posix_spawn(&reply.process, argv[0], &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (reply.error != 0) {
      reply.arguments = {fmt::format("cannot start {}: {}", argv[0], std::strerror(reply.error))};
      if (reply.error == EAGAIN) {
        reply.arguments[0] += "; something limits the number of processes (see 'holdfast doctor')";
      }
    } else {
      tokens_[reply.process] = request.token;
    }
    static_cast<void>(send_message(socket_, reply));
  }

  void reap() {
    for (;;) {
      int status = 0;
      const pid_t process = ::waitpid(-1, &status, WNOHANG);
      if (process <= 0) return;
      tell_exit(process, status);
    }
  }

  void tell_exit(pid_t process, int status) {
    LauncherMessage message{.kind = LauncherMessageKind::exited, .process = process, .status = status};
    if (const auto found = tokens_.find(process); found != tokens_.end()) {
      message.token = found->second;
      tokens_.erase(found);
    }
    static_cast<void>(send_message(socket_, message));
  }

  int socket_;
  std::unordered_map<pid_t, std::uint32_t> tokens_;
};

}  // namespace

int launcher_main(int socket, Trap trap) {
  struct stat st {};
  if (::fstat(socket, &st) != 0 || !S_ISSOCK(st.st_mode)) {
    fmt::print(stderr, "holdfast: this command is for Holdfast's own use: start a run with 'holdfast run'\n");
    return 64;
  }
  // Ctrl-C is for the conductor: it decides how the run ends.
  ::setpgid(0, 0);
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  Launcher launcher(socket);
  if (!launcher.begin(trap)) return 1;
  // Where its own opens are trapped, the supervisor reads their paths.
  if (trap == Trap::decided_calls) close_to_others();
  launcher.serve();
  return 0;
}

}  // namespace holdfast
