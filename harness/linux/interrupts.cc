#include "harness/linux/interrupts.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace holdfast {

Interrupts::Interrupts() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // Who ignores one for us means it: nohup, or a shell that put us into the background.
    struct sigaction action {};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) sigaddset(&set, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  descriptor_ = Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

Interrupts::~Interrupts() {
  while (arrived()) {
  }
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool Interrupts::arrived() {
  signalfd_siginfo info;
  return ::read(descriptor_.get(), &info, sizeof info) > 0;
}

}  // namespace holdfast
