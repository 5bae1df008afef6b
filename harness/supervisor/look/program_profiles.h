// The profile of a process: the one that was chosen for all, or that of the runtime which its program is.
#pragma once

#include <sys/types.h>

#include <optional>

#include "harness/sharing/profile.h"
#include "harness/supervisor/look/runtime_of.h"

namespace holdfast {

// Not for several threads at a time.
class ProgramProfiles {
 public:
  // None: each process has that of its own program, as it is when asked.
  explicit ProgramProfiles(std::optional<Profile> chosen);

  Profile of(pid_t process);

  // Of a process that cannot be looked at.
  [[nodiscard]] Profile unknown() const { return chosen_ ? *chosen_ : *find_profile("c"); }

 private:
  std::optional<Profile> chosen_;
  Runtimes runtimes_;
};

}  // namespace holdfast
