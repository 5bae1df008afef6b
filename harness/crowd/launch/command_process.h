// Somebody's command under the filter: a child of this process, with everything that it would have without us: its
// descriptors, terminal, process group, signals and the way it ends.
//
// A starter process sets the trap, for this process must not be under the filter that it answers. It starts the
// command, which waits at a gate, in such a way that it becomes our own child; and it stays to be the parent of the
// injectors, if there are any, which the command must not meet among its children.
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/crowd/launch/launcher_process.h"
#include "harness/linux/descriptor.h"
#include "harness/supervisor/trap/filter.h"

namespace holdfast {

// Signals wait while this lives: those that people send to commands, and SIGCHLD. SIGCHLD is also taken back
// from being ignored, which would hide how a command ended.
class CommandSignals {
 public:
  CommandSignals();
  ~CommandSignals();
  CommandSignals(const CommandSignals&) = delete;
  CommandSignals& operator=(const CommandSignals&) = delete;

  // For the command, before exec: as they were.
  void restore() const;
  [[nodiscard]] const sigset_t& held() const { return held_; }

 private:
  sigset_t held_{}, before_{};
  struct sigaction child_before_ {};
};

// One at a time, and started while the process has but one thread.
class CommandProcess {
 public:
  // Returns once the trap is set and the command waits. Each of `injectors` is an argv; they inherit the
  // descriptors of barrier.h. Code::unsupported says what the kernel lacks.
  static Result<CommandProcess> start(const std::vector<std::string>& command, Trap trap,
                                      const std::vector<std::vector<std::string>>& injectors,
                                      const CommandSignals& signals);
  CommandProcess(CommandProcess&& other) noexcept;
  CommandProcess& operator=(CommandProcess&&) = delete;
  ~CommandProcess();  // ends what was started and still runs

  [[nodiscard]] Descriptor take_listener() { return std::move(listener_); }
  [[nodiscard]] const std::vector<pid_t>& injectors() const { return injectors_; }

  // Waits until every injector is ready, then lets them begin.
  Result<> begin_injecting();

  // Lets the command begin. 0, or the errno for which it could not be executed; then it is gone.
  int begin();

  // Until it ends; meanwhile signals sent to us are sent on to it. As wait(2) gives it.
  int wait(const CommandSignals& signals);

  // The injectors let go and end.
  void end_injectors();

 private:
  CommandProcess() = default;

  pid_t command_ = 0;  // 0: none, or reaped
  pid_t starter_ = 0;
  std::vector<pid_t> injectors_;
  Descriptor listener_, gate_, outcome_;
  RunPipes pipes_;  // the socket leads to the starter
};

// If processes of the command are left, somebody must go on answering their calls: a process of its own, which lets
// each through and ends with the last of them. Returns whether there are any.
bool leave_minder(Descriptor listener);

}  // namespace holdfast
