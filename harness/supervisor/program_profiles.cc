#include "harness/supervisor/program_profiles.h"

#include "harness/supervisor/proc.h"

namespace holdfast {

ProgramProfiles::ProgramProfiles(std::optional<Profile> chosen) : chosen_(chosen) {}

Profile ProgramProfiles::of(pid_t process) {
  if (chosen_) return *chosen_;
  const Descriptor proc = open_process(process);
  if (!proc) return unknown();
  const std::string program = link_target(proc.get(), "exe");
  const std::string name = program.substr(program.rfind('/') + 1);
  return find_profile(name.starts_with("python") ? "python" : name).value_or(unknown());
}

}  // namespace holdfast
