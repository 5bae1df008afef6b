#include "harness/supervisor/look/program_profiles.h"

#include "harness/linux/proc.h"

namespace holdfast {

ProgramProfiles::ProgramProfiles(std::optional<Profile> chosen) : chosen_(chosen) {}

Profile ProgramProfiles::of(pid_t process) {
  if (chosen_) return *chosen_;
  const Descriptor proc = open_process(process);
  return proc ? *find_profile(runtimes_.of(proc.get())) : unknown();
}

}  // namespace holdfast
