// A user's command under the filter: a child of this process that keeps everything it would have without us:
// descriptors, terminal, process group, signals and exit status.
//
// A starter process sets the trap, because this process must not be under the filter that it answers. It starts the
// command, which waits at a gate, so that it becomes our own child. The starter stays as the parent of the injectors,
// if any, so that the command does not find them among its children.
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/crowd/launch/launcher_process.h"
#include "harness/linux/descriptor.h"
#include "harness/supervisor/trap/filter.h"

namespace holdfast {

// Blocks signals while it lives: those that users send to commands, and SIGCHLD. Also stops ignoring SIGCHLD, which
// would hide how a command ended.
class CommandSignals {
 public:
  CommandSignals();
  ~CommandSignals();
  CommandSignals(const CommandSignals&) = delete;
  CommandSignals& operator=(const CommandSignals&) = delete;

  // For the command, before exec: restores the signals.
  void restore() const;
  [[nodiscard]] const sigset_t& held() const { return held_; }

 private:
  sigset_t held_{}, before_{};
  struct sigaction child_before_ {};
};

// One at a time, and started while the process has only one thread.
class CommandProcess {
 public:
  // Returns once the trap is set and the command waits. Each of `injectors` is an argv; they inherit the
  // descriptors of barrier.h. Code::unsupported says what the kernel lacks.
  static Result<CommandProcess> start(const std::vector<std::string>& command, Trap trap,
                                      const std::vector<std::vector<std::string>>& injectors,
                                      const CommandSignals& signals);
  CommandProcess(CommandProcess&& other) noexcept;
  CommandProcess& operator=(CommandProcess&&) = delete;
  ~CommandProcess();  // ends what it started and still runs

  [[nodiscard]] Descriptor take_listener() { return std::move(listener_); }
  [[nodiscard]] const std::vector<pid_t>& injectors() const { return injectors_; }

  // Waits until every injector is ready, then lets them begin.
  Result<> begin_injecting();

  // Lets the command begin. Returns 0, or the errno if it could not be executed; then it is gone.
  int begin();

  // Waits until it ends, forwarding signals sent to us. Returns the status of wait(2).
  int wait(const CommandSignals& signals);

  // Makes the injectors release their files and end.
  void end_injectors();

 private:
  CommandProcess() = default;

  pid_t command_ = 0;  // 0: none, or reaped
  pid_t starter_ = 0;
  std::vector<pid_t> injectors_;
  Descriptor listener_, gate_, outcome_;
  RunPipes pipes_;  // the socket leads to the starter
};

}  // namespace holdfast
