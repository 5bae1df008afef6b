// The profile of a process: the one chosen for all, or that of its program's runtime.
#pragma once

#include <sys/types.h>

#include <optional>

#include "harness/sharing/profile.h"
#include "harness/supervisor/look/runtime_of.h"

namespace holdfast {

// Not for several threads at a time.
class ProgramProfiles {
 public:
  // None: each process has the profile of its current program.
  explicit ProgramProfiles(std::optional<Profile> chosen);

  Profile of(pid_t process);

  // What every process shares at least: all runtimes let others read.
  [[nodiscard]] FileBits least_share() const { return chosen_ ? chosen_->share : read_bit; }

  // For a process that cannot be inspected.
  [[nodiscard]] Profile unknown() const { return chosen_ ? *chosen_ : *find_profile("c"); }

 private:
  std::optional<Profile> chosen_;
  Runtimes runtimes_;
};

}  // namespace holdfast
