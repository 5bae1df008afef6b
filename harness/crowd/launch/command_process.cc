#include "harness/crowd/launch/command_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "core/base/clock.h"
#include "harness/linux/barrier.h"
#include "harness/linux/launcher_messages.h"
#include "harness/linux/reaper.h"

namespace holdfast {
namespace {

// What people and programs send to end or to nudge a command. Stops and continues reach it as a member of the same
// process group, and those that tell of a fault are our own.
constexpr std::array passed_on = {SIGHUP,  SIGINT,  SIGQUIT,  SIGUSR1, SIGUSR2,
                                  SIGTERM, SIGALRM, SIGWINCH, SIGIO,   SIGPWR};

constexpr std::int64_t a_second_ns = 1'000'000'000;

Error system_error(const char* what) {
  return {Code::failed, fmt::format("{}: {}", what, std::strerror(errno)), errno};
}

// Numbers above those which injectors get for their gates.
Result<Descriptor> move_up(Descriptor descriptor) {
  constexpr int first_free = 16;
  Descriptor moved(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, first_free));
  if (!moved) return fail(system_error("fcntl(F_DUPFD)"));
  return moved;
}

struct Ends {
  Descriptor reads, writes;
};

Result<Ends> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(system_error("pipe"));
  auto reads = move_up(Descriptor(ends[0]));
  auto writes = move_up(Descriptor(ends[1]));
  if (!reads) return fail(reads.error());
  if (!writes) return fail(writes.error());
  return Ends{std::move(*reads), std::move(*writes)};
}

std::vector<char*> argv_of(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  return argv;
}

// Everything that the starter and what it starts need; made before any of them is.
struct Start {
  const std::vector<std::string>& command;
  const std::vector<std::vector<std::string>>& injectors;
  const CommandSignals& signals;
  Trap trap;
  pid_t supervisor;
  Descriptor socket;  // the starter's end
  Ends gate, outcome, begin, stop, status;
  Descriptor finish;
};

// Ends in the command, or with what made that impossible.
[[noreturn]] void become_command(Start& start) {
  char nothing;
  while (::read(start.gate.reads.get(), &nothing, 1) < 0 && errno == EINTR) {
  }
  // From here on our parent is the supervisor, without whom calls would not be answered.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != start.supervisor) ::_exit(127);
  start.signals.restore();
  ::execvp(start.command.front().c_str(), argv_of(start.command).data());
  const int error = errno;
  static_cast<void>(!::write(start.outcome.writes.get(), &error, sizeof error));
  ::_exit(127);
}

[[noreturn]] void become_injector(const Start& start, const std::vector<std::string>& words) {
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(nothing.get(), STDIN_FILENO);
  ::dup2(nothing.get(), STDOUT_FILENO);
  ::dup2(start.status.writes.get(), status_descriptor);
  ::dup2(start.begin.reads.get(), start_descriptor);
  ::dup2(start.finish.get(), finish_descriptor);
  ::dup2(start.stop.reads.get(), stop_descriptor);
  ::close(plan_descriptor);  // whatever else has that number
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(words.front().c_str(), argv_of(words).data());
  ::_exit(127);
}

void end_children() {
  const std::int64_t deadline_ns = monotonic_ns() + 5 * a_second_ns;
  // Held back since before the first child was started (CommandSignals): none goes unseen.
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  for (;;) {
    const pid_t ended = ::waitpid(-1, nullptr, WNOHANG);
    if (ended > 0) continue;
    if (ended < 0 && errno == ECHILD) return;
    const std::int64_t left_ns = deadline_ns - monotonic_ns();
    if (left_ns <= 0) return;  // they die with us
    const timespec left{left_ns / a_second_ns, left_ns % a_second_ns};
    ::sigtimedwait(&child, nullptr, &left);
  }
}

[[noreturn]] void become_starter(Start& start) {
  LauncherMessage hello{.kind = LauncherMessageKind::ready};
  if (auto listener = install_filter(start.trap)) {
    hello.descriptor = Descriptor(*listener);
  } else {
    hello.kind = LauncherMessageKind::refused;
    hello.error = listener.error().os_code;
    hello.arguments = {listener.error().message};
  }
  if (!send_message(start.socket.get(), hello) || hello.kind == LauncherMessageKind::refused) ::_exit(1);
  hello.descriptor.reset();

  const pid_t between = ::fork();
  if (between == 0) {
    // Its parent will be gone before the gate opens, and the subreaper above takes it over.
    const pid_t command = ::fork();
    if (command == 0) become_command(start);
    LauncherMessage spawned{.kind = LauncherMessageKind::spawned, .process = command};
    if (command < 0) spawned.error = errno;
    static_cast<void>(send_message(start.socket.get(), spawned));
    ::_exit(0);
  }
  start.outcome.writes.reset();
  if (between < 0) {
    static_cast<void>(
        send_message(start.socket.get(), {.kind = LauncherMessageKind::spawned, .error = errno}));
    ::_exit(1);
  }
  ::waitpid(between, nullptr, 0);
  static_cast<void>(send_message(start.socket.get(), {.kind = LauncherMessageKind::gone}));
  if (start.injectors.empty()) ::_exit(0);

  // Ctrl-C is for the command.
  ::setpgid(0, 0);
  for (std::size_t i = 0; i < start.injectors.size(); ++i) {
    LauncherMessage spawned{.kind = LauncherMessageKind::spawned};
    spawned.process = ::fork();
    if (spawned.process == 0) become_injector(start, start.injectors[i]);
    if (spawned.process < 0) spawned.error = errno;
    static_cast<void>(send_message(start.socket.get(), spawned));
  }
  for (Descriptor* ours : {&start.status.writes, &start.begin.reads, &start.stop.reads}) ours->reset();
  static_cast<void>(receive_message(start.socket.get()));  // until told to end, or nobody is left to tell
  end_children();
  ::_exit(0);
}

Result<LauncherMessage> expect_message(int socket, LauncherMessageKind kind, const char* what) {
  auto received = receive_message(socket);
  if (!received) return fail(received.error());
  if (!*received) return fail(Code::failed, fmt::format("the starter ended before {}", what));
  LauncherMessage& message = **received;
  if (message.kind == LauncherMessageKind::refused) {
    return fail(Code::unsupported, message.arguments.empty() ? "cannot set the trap" : message.arguments[0],
                message.error);
  }
  if (message.kind != kind || message.error != 0) {
    return fail(Code::failed, fmt::format("cannot start a process: {}", std::strerror(message.error)),
                message.error);
  }
  return std::move(message);
}

}  // namespace

CommandSignals::CommandSignals() {
  sigemptyset(&held_);
  for (const int signal : passed_on) sigaddset(&held_, signal);
  sigaddset(&held_, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &held_, &before_);
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &usual, &child_before_);
}

CommandSignals::~CommandSignals() {
  // What still waits was meant for the command, which is gone.
  constexpr timespec no_time{};
  while (::sigtimedwait(&held_, nullptr, &no_time) > 0) {
  }
  restore();
}

void CommandSignals::restore() const {
  ::sigaction(SIGCHLD, &child_before_, nullptr);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Result<CommandProcess> CommandProcess::start(const std::vector<std::string>& command, Trap trap,
                                             const std::vector<std::vector<std::string>>& injectors,
                                             const CommandSignals& signals) {
  if (auto ready = become_subreaper(); !ready) return fail(ready.error());
  CommandProcess process;
  Start start{command, injectors, signals, trap, ::getpid(), {}, {}, {}, {}, {}, {}, {}};
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0)
    return fail(system_error("socketpair"));
  process.pipes_.socket = Descriptor(sockets[0]);
  auto theirs = move_up(Descriptor(sockets[1]));
  if (!theirs) return fail(theirs.error());
  start.socket = std::move(*theirs);
  for (Ends* ends : {&start.gate, &start.outcome, &start.begin, &start.stop, &start.status}) {
    auto made = make_pipe();
    if (!made) return fail(made.error());
    *ends = std::move(*made);
  }
  auto finish = move_up(Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE)));
  if (!finish) return fail(finish.error());
  start.finish = std::move(*finish);

  process.starter_ = ::fork();
  if (process.starter_ < 0) return fail(system_error("fork"));
  // Our ends, in the starter as in all below it: a gate that somebody else keeps open would never open.
  process.gate_ = std::move(start.gate.writes);
  process.outcome_ = std::move(start.outcome.reads);
  process.pipes_.start = std::move(start.begin.writes);
  process.pipes_.stop = std::move(start.stop.writes);
  process.pipes_.status = std::move(start.status.reads);
  if (process.starter_ == 0) {
    for (Descriptor* supervisors : {&process.pipes_.socket, &process.gate_, &process.outcome_,
                                    &process.pipes_.start, &process.pipes_.stop, &process.pipes_.status}) {
      supervisors->reset();
    }
    become_starter(start);
  }
  start.socket.reset();
  start.outcome.writes.reset();
  start.status.writes.reset();

  const int socket = process.pipes_.socket.get();
  auto hello = expect_message(socket, LauncherMessageKind::ready, "it was ready");
  if (!hello) return fail(hello.error());
  process.listener_ = std::move(hello->descriptor);
  const auto everybody = "it had started everything";
  auto spawned = expect_message(socket, LauncherMessageKind::spawned, everybody);
  if (!spawned) return fail(spawned.error());
  process.command_ = spawned->process;
  // Only then is the command our child.
  if (auto gone = expect_message(socket, LauncherMessageKind::gone, everybody); !gone)
    return fail(gone.error());
  for (std::size_t i = 0; i < injectors.size(); ++i) {
    auto injector = expect_message(socket, LauncherMessageKind::spawned, everybody);
    if (!injector) return fail(injector.error());
    process.injectors_.push_back(injector->process);
  }
  return process;
}

CommandProcess::CommandProcess(CommandProcess&& other) noexcept
    : command_(std::exchange(other.command_, 0)),
      starter_(std::exchange(other.starter_, 0)),
      injectors_(std::move(other.injectors_)),
      listener_(std::move(other.listener_)),
      gate_(std::move(other.gate_)),
      outcome_(std::move(other.outcome_)),
      pipes_(std::move(other.pipes_)) {}

CommandProcess::~CommandProcess() {
  if (command_ > 0) {
    ::kill(command_, SIGKILL);
    ::waitpid(command_, nullptr, 0);
  }
  end_injectors();
}

Result<> CommandProcess::begin_injecting() {
  const std::int64_t deadline_ns = monotonic_ns() + 30 * a_second_ns;
  for (std::size_t ready = 0; ready < injectors_.size();) {
    constexpr int tick_ms = 100;
    pollfd polled{pipes_.status.get(), POLLIN, 0};
    StatusRecord record;
    if (::poll(&polled, 1, tick_ms) > 0) {
      if (::read(pipes_.status.get(), &record, sizeof record) != sizeof record)
        return fail(Code::failed, "the injectors ended before they were ready");
      if (record.kind == StatusKind::ready) ++ready;
    } else if (monotonic_ns() > deadline_ns) {
      return fail(Code::failed, "the injectors were not ready in time");
    }
  }
  pipes_.start.reset();
  return {};
}

int CommandProcess::begin() {
  gate_.reset();
  int error = 0;
  ssize_t got;
  while ((got = ::read(outcome_.get(), &error, sizeof error)) < 0 && errno == EINTR) {
  }
  if (got != sizeof error) return 0;
  ::waitpid(command_, nullptr, 0);
  command_ = 0;
  return error;
}

int CommandProcess::wait(const CommandSignals& signals) {
  for (;;) {
    // Orphans of the command come to us as well.
    int status = 0;
    for (pid_t ended; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      if (ended == starter_) starter_ = 0;
      if (ended != command_) continue;
      command_ = 0;
      return status;
    }
    siginfo_t info;
    const int signal = ::sigwaitinfo(&signals.held(), &info);
    if (signal <= 0 || signal == SIGCHLD) continue;
    // What the terminal sends, it sends to the command as well.
    const bool sent_to_us = info.si_code <= 0 && info.si_pid != command_;
    if (sent_to_us) ::kill(command_, signal);
  }
}

void CommandProcess::end_injectors() {
  pipes_.start.reset();
  pipes_.stop.reset();
  pipes_.socket.reset();
  if (starter_ > 0) ::waitpid(starter_, nullptr, 0);
  starter_ = 0;
}

}  // namespace holdfast
