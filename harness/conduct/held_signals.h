// SIGINT, SIGTERM and SIGHUP wait while this lives, and come when it goes. For stretches that must not be cut
// in two.
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

  // What came meanwhile has been answered in another way.
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
