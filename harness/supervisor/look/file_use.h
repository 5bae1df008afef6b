// Who uses a file, and with which share mode: the input of the rules.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "harness/history/event.h"
#include "harness/linux/lease.h"
#include "harness/sharing/sharing.h"
#include "harness/supervisor/look/caller.h"
#include "harness/supervisor/look/holders.h"
#include "harness/supervisor/look/participants.h"
#include "harness/supervisor/look/program_profiles.h"
#include "harness/supervisor/look/territory.h"

namespace holdfast {

struct NamedHolder {
  HolderKind kind = HolderKind::unseen;
  std::uint32_t index = no_process;
  FileBits share = 0;
  FoundHolder found;
};

std::vector<Handle> handles_of(const std::vector<NamedHolder>& holders);
bool some_run(const std::vector<NamedHolder>& holders);

// A regular file that nobody may write to has Windows' attribute READONLY.
bool is_read_only(const Lease& lease);

struct FileUse {
  bool known = true;          // false: a holder came or went during the look
  bool only_passing = false;  // only copies between fork and exec
  std::vector<NamedHolder> holders;
  std::vector<NamedHolder> bystanders{};  // on shared ground: programs outside the command, in nobody's way
};

class FileUses {
 public:
  // `mappings_unseen`: a lease on this filesystem does not see mappings that outlive their descriptor. `marked`:
  // descriptions may carry their own mode, see share_mark.h. `family`: what descends from this process is of the
  // command; 0: participants alone are.
  FileUses(const Participants& participants, ProgramProfiles& profiles, bool mappings_unseen, bool marked,
           pid_t family)
      : participants_(participants),
        profiles_(profiles),
        mappings_unseen_(mappings_unseen),
        marked_(marked),
        family_(family) {}

  // The holders of the leased file. The search stops once the holders found explain a refusal; otherwise it finds
  // all, including mappings if they matter or if nobody has a descriptor. On shared ground, programs outside the
  // command are bystanders.
  using Refuses = std::function<bool(std::span<const Handle>)>;
  // `others_agree`: no handle but an injector's can explain a refusal, so that one holder near the caller will do.
  FileUse of(const Lease& lease, const Caller& caller, Ground ground, bool mappings_matter,
             const Refuses& refuses, bool others_agree = false);

  [[nodiscard]] bool has_injectors() const { return !participants_.processes(Role::injector).empty(); }

  // Likewise of a directory.
  FileUse of_directory(const struct stat& identity, const std::string& path, const Caller& caller,
                       Ground ground, LookFor what);

  NamedHolder name(FoundHolder found, const Caller& caller);
  // A holder that was not found.
  [[nodiscard]] NamedHolder unseen() const;

 private:
  void add(FileUse& use, FoundHolder found, const Caller& caller, Ground ground);

  const Participants& participants_;
  ProgramProfiles& profiles_;
  bool mappings_unseen_;
  bool marked_;
  pid_t family_;
};

}  // namespace holdfast
