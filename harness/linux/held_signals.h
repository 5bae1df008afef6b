// Holds back SIGINT, SIGTERM and SIGHUP while it lives, for work that must not be interrupted halfway.
#pragma once

#include <csignal>
#include <ctime>

namespace holdfast {

class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&held_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held_, signal);
    ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  // Whether a signal is pending, apart from those set to be ignored (by nohup, or by a shell for a background job).
  [[nodiscard]] static bool arrived() {
    sigset_t waiting;
    if (::sigpending(&waiting) != 0) return false;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      struct sigaction action {};
      ::sigaction(signal, nullptr, &action);
      if (sigismember(&waiting, signal) == 1 && action.sa_handler != SIG_IGN) return true;
    }
    return false;
  }

  // Drops pending signals, which have been handled in another way.
  void forget() const {
    constexpr timespec no_time{};
    while (::sigtimedwait(&held_, nullptr, &no_time) > 0) {
    }
  }

 private:
  sigset_t held_{};
  sigset_t before_{};
};

}  // namespace holdfast
