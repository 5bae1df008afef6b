// Decides one trapped call under Windows' sharing rules, and carries it out.
//
// The supervisor does the call itself: letting the caller go on after a decision would let another process
// open the file in between.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/sharing/profile.h"
#include "harness/supervisor/caller.h"
#include "harness/supervisor/holders.h"
#include "harness/supervisor/trapped_calls.h"

namespace holdfast {

// Where which rules hold.
struct Domain {
  std::filesystem::path
      directory;              // absolute and canonical; calls that touch nothing beneath it pass through
  bool windows_rules = true;  // false: nothing is refused
  Profile profile;
};

struct NamedHolder {
  HolderKind kind = HolderKind::unseen;
  std::uint32_t index = no_process;
  FileBits share = 0;
  FoundHolder found;
};

struct Decision {
  enum class Kind {
    pass_through,  // not ours: the kernel shall do it for the caller
    answered,      // decided and, if allowed, done: `error` is the result
    abandoned,     // the caller was killed before it was done: nothing was done
    probe_again,   // the only holders will be gone in microseconds: ask again shortly
  };
  Kind kind = Kind::pass_through;
  int error = 0;
  std::uint16_t windows_code = 0;  // not 0: refused
  std::string path, destination;
  std::vector<NamedHolder> holders;
  std::string doubt;  // not empty: something that no rule covers; makes the run inconclusive
};

class Decider {
 public:
  Decider(Domain domain, const Participants& participants);

  // `still_waiting` says whether the caller is there yet (SECCOMP_IOCTL_NOTIF_ID_VALID); asked
  // right before acting.
  Decision decide(const TrappedCall& call, const Caller& caller, const std::function<bool()>& still_waiting);

  // How often a process began to open a file in the microseconds in which it was renamed or removed, and got
  // it: on Windows one of the two would have been refused.
  [[nodiscard]] std::uint64_t late_openers() const { return late_openers_; }

 private:
  struct Use;
  Decision rename(const TrappedCall& call, const Caller& caller, const ResolvedPath& from,
                  const ResolvedPath& to, const std::function<bool()>& still_waiting);
  Decision remove(const TrappedCall& call, const Caller& caller, const ResolvedPath& from,
                  const std::function<bool()>& still_waiting);
  Use use_of(const class Lease& lease, const Caller& caller) const;
  std::string flag_scan(const class Lease& lease, const ResolvedPath& path);
  NamedHolder name(FoundHolder found, const Caller& caller) const;
  [[nodiscard]] bool opened_by_injector(const struct stat& identity) const;
  [[nodiscard]] bool inside(const ResolvedPath& path) const;

  Domain domain_;
  const Participants& participants_;
  bool scan_flagged_ = false;
  std::uint64_t late_openers_ = 0;
  bool mappings_unseen_ =
      false;  // a lease on this filesystem does not see mappings that outlive their descriptor
};

}  // namespace holdfast
