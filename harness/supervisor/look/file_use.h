// Who uses a file, and with which share mode: what the rules are asked about.
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

namespace holdfast {

struct NamedHolder {
  HolderKind kind = HolderKind::unseen;
  std::uint32_t index = no_process;
  FileBits share = 0;
  FoundHolder found;
};

std::vector<Handle> handles_of(const std::vector<NamedHolder>& holders);
bool some_run(const std::vector<NamedHolder>& holders);

// Windows' attribute READONLY is told from a regular file that nobody at all may write.
bool is_read_only(const Lease& lease);

struct FileUse {
  bool known = true;          // false: the holder came or went while we looked
  bool only_passing = false;  // nobody but copies between fork and exec
  std::vector<NamedHolder> holders;
};

class FileUses {
 public:
  // `mappings_unseen`: a lease on this filesystem does not see mappings that outlive their descriptor.
  // `marked`: descriptions may carry a mode of their own, see share_mark.h.
  FileUses(const Participants& participants, ProgramProfiles& profiles, bool mappings_unseen, bool marked)
      : participants_(participants),
        profiles_(profiles),
        mappings_unseen_(mappings_unseen),
        marked_(marked) {}

  // Those who hold the file that the lease was asked for. As soon as those found are refused by the rules, others may
  // be missing: they explain the refusal. If they are not, all are found; mappings where they matter, or where nobody
  // has a descriptor.
  using Refuses = std::function<bool(std::span<const Handle>)>;
  FileUse of(const Lease& lease, const Caller& caller, bool mappings_matter, const Refuses& refuses);

  NamedHolder name(FoundHolder found, const Caller& caller);
  // One that nobody found.
  [[nodiscard]] NamedHolder unseen() const;

 private:
  const Participants& participants_;
  ProgramProfiles& profiles_;
  bool mappings_unseen_;
  bool marked_;
};

}  // namespace holdfast
