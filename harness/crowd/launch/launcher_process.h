// The launcher as a child process, and the pipes that its children share. The only user of Boost.Process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "harness/linux/descriptor.h"
#include "harness/supervisor/trap/filter.h"

namespace holdfast {

// The conductor's ends.
struct RunPipes {
  Descriptor socket;  // to the launcher
  Descriptor status;  // StatusRecords of all children
  Descriptor start;   // closing one opens that gate
  Descriptor stop;
  Descriptor finish;  // the turnstile: write permits
  Descriptor plan;    // for all children, if there is one: see sealed_text.h
};

class LauncherProcess {
 public:
  // Starts `executable internal-launcher`; `pipes` are filled, but the plan.
  static Result<LauncherProcess> start(const std::filesystem::path& executable, RunPipes& pipes,
                                       Trap trap = Trap::decided_calls);

  LauncherProcess(LauncherProcess&&) noexcept;
  ~LauncherProcess();

  [[nodiscard]] pid_t pid() const;

  // Waits until it ends and returns its wait status.
  int wait();

 private:
  struct Child;
  explicit LauncherProcess(std::unique_ptr<Child> child);
  std::unique_ptr<Child> child_;
};

}  // namespace holdfast
