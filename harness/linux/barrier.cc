#include "harness/linux/barrier.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/base/clock.h"
#include "harness/history/child_exit.h"

namespace holdfast {
namespace {

std::atomic<int> stop_event{-1};
std::atomic<bool> stopping{false};

void on_sigterm(int) {
  const int saved = errno;
  stopping.store(true);
  const std::uint64_t one = 1;
  static_cast<void>(!::write(stop_event.load(), &one, sizeof one));
  // A process that is about to wait at the turnstile must not fall asleep there.
  ::dup2(stop_event.load(), finish_descriptor);
  errno = saved;
}

}  // namespace

Result<> join_run() {
  for (const int fd : {status_descriptor, start_descriptor, finish_descriptor, stop_descriptor}) {
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
      return fail(Code::invalid, "this command is for Holdfast's own use: start a run with 'holdfast run'",
                  errno);
    }
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) return fail(Code::failed, fmt::format("eventfd: {}", std::strerror(errno)), errno);
  stop_event.store(event);
  struct sigaction action {};
  action.sa_handler = on_sigterm;  // without SA_RESTART: a blocked call must return
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return {};
}

int child_exit_code(const Error& error) {
  if (error.os_code == ENOSPC) return child_disk_full;
  return error.code == Code::invalid ? child_refused_arguments : child_failed;
}

bool stop_requested() {
  return stopping.load();
}

int stop_signal_descriptor() {
  return stop_event.load();
}

void tell_status(const StatusRecord& record) {
  // If the conductor is gone, so are we in a moment: nothing to do about EPIPE.
  while (::write(status_descriptor, &record, sizeof record) < 0 && errno == EINTR) {
  }
}

bool wait_for_gate(int gate) {
  for (;;) {
    pollfd polled[] = {{gate, POLLIN, 0}, {stop_event.load(), POLLIN, 0}};
    if (::poll(polled, 2, -1) < 0 && errno != EINTR) return false;
    if (stop_requested()) return false;
    if (polled[0].revents != 0) return true;
  }
}

// By a blocking read, not by poll(): a permit then wakes one waiter and not all of them.
bool wait_for_turn() {
  std::uint64_t permit = 0;
  ssize_t got = -1;
  while (!stop_requested() && (got = ::read(finish_descriptor, &permit, sizeof permit)) < 0 &&
         errno == EINTR) {
  }
  return got == sizeof permit && !stop_requested();
}

bool sleep_until_ns(std::int64_t until_ns) {
  for (;;) {
    if (stop_requested()) return false;
    const std::int64_t left_ns = until_ns - monotonic_ns();
    if (left_ns <= 0) return true;
    const timespec left{left_ns / 1'000'000'000, left_ns % 1'000'000'000};
    pollfd polled{stop_event.load(), POLLIN, 0};
    ::ppoll(&polled, 1, &left, nullptr);
  }
}

}  // namespace holdfast
