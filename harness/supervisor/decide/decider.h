// Decides one trapped call under Windows' sharing rules, and carries it out.
//
// The supervisor makes the call itself: if the caller went on after the decision, another process could open the file
// in between. Where it only observes, the caller goes on in the kernel, and what Windows would have answered is
// reported.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/history/doubt.h"
#include "harness/linux/descriptor.h"
#include "harness/sharing/obstacle.h"
#include "harness/sharing/profile.h"
#include "harness/supervisor/decide/handed_modes.h"
#include "harness/supervisor/decide/pending_deletes.h"
#include "harness/supervisor/decide/ruling.h"
#include "harness/supervisor/look/caller.h"
#include "harness/supervisor/look/file_use.h"
#include "harness/supervisor/look/territory.h"
#include "harness/supervisor/trap/trapped_calls.h"

namespace holdfast {

// Which rules apply where.
struct Domain {
  enum class Mode {
    posix,    // nothing is refused
    observe,  // nothing is refused; what Windows would have refused is reported
    enforce,
  };
  // Absolute and canonical; calls that touch nothing below them pass through.
  std::vector<std::filesystem::path> directories;
  Mode mode = Mode::enforce;
  std::optional<Profile> profile;  // none: by the program that each process runs
  bool opens = false;              // all opens are trapped and decided; else only injectors'
  bool cuts = true;                // also check whether a truncated file is mapped, by scanning all processes
  Deletion deletion = Deletion::posix;  // classic only where opens are decided
  // More directories, where others work, too: what they hold is reported and refuses nothing.
  std::vector<std::filesystem::path> shared{};
  std::vector<std::filesystem::path> excepted{};  // Holdfast's own, wherever it is
  pid_t family = 0;  // what descends from this process is of the command; 0: participants alone are
};

struct Decision {
  enum class Kind {
    pass_through,  // left to the kernel: outside the domain, or only observed
    answered,      // decided and, if allowed, done: `error` is the result
    handed_over,   // opened: the caller gets `opened`
    abandoned,     // the caller was killed first: nothing was done
    probe_again,   // the only holders will be gone in microseconds: decide again shortly
  };
  Kind kind = Kind::pass_through;
  int error = 0;                   // as answered, or as it would have been
  std::uint16_t windows_code = 0;  // not 0: refused
  Obstacle obstacle = Obstacle::held;
  std::string path, destination;
  std::string outside;  // the directory of a name outside the domain
  std::vector<NamedHolder> holders;
  std::optional<Ruling> spared;  // how bystanders would have had it refused, if they counted
  bool missed_refusal = false;   // done, although a process opened the file in the meantime
  std::optional<Doubt> doubt;    // something that no rule covers; makes the run inconclusive
  Descriptor opened;
  bool close_on_exec = false;
};

class Decider {
 public:
  Decider(Domain domain, const Participants& participants);

  // `still_waiting` says whether the caller still exists (SECCOMP_IOCTL_NOTIF_ID_VALID); called right before acting.
  Decision decide(const TrappedCall& call, const Caller& caller, const std::function<bool()>& still_waiting);

  [[nodiscard]] bool decides_opens() const { return domain_.opens; }
  [[nodiscard]] bool only_observes() const { return domain_.mode == Domain::Mode::observe; }

  // Classic deletion: whether names wait for their last handle to close; settling removes those that no longer do.
  [[nodiscard]] bool has_pending_deletes() const { return pending_deletes_.any(); }
  void settle_some_deletes(std::size_t most) { pending_deletes_.settle_some(most); }
  void settle_all_deletes() { pending_deletes_.settle_all(); }

  [[nodiscard]] bool enforces() const { return domain_.mode == Domain::Mode::enforce; }

 private:
  struct Request {
    const TrappedCall& call;
    const Caller& caller;
    const std::function<bool()>& still_waiting;
    ResolvedPath from, to;
    Ground from_ground = Ground::outside, to_ground = Ground::outside;
  };

  Decision do_rename(const Request& request);                   // do_rename.cc
  Decision do_removal(Request& request);                        // do_removal.cc
  Decision do_outside(const Request& request, bool two_paths);  // do_outside.cc
  Decision for_another(const TrappedCall& call, const Caller& caller,
                       const std::string& difference);  // do_for_another.cc
  Decision do_open(const TrappedCall& call, const Caller& caller,
                   const std::function<bool()>& still_waiting);  // do_open.cc

  // The state of an open.
  struct Opening;
  enum class Opened { again, not_yet, decided };
  bool understand(Opening& opening);
  [[nodiscard]] bool judges_cut(const Opening& opening) const;
  [[nodiscard]] Ground ground_of_file(const Opening& opening, int file, const std::string& path) const;
  [[nodiscard]] bool all_share_deletion(const struct stat& file) const;
  bool only_readers_agree(const Opening& opening, int file, const struct stat& identity);
  FileUse obstacles_to(const Opening& opening, int file, Decision& decision);
  Opened look_at_holders(const Opening& opening, int file, const struct stat& identity, const Look& look,
                         Decision& decision);
  Opened look_and_open(Opening& opening, const Look& look, Decision& decision);
  Opened carry_out_open(const Opening& opening, const struct stat* identity, const Look& look,
                        Decision& decision);

  // A refusal, if the name is delete-pending.
  std::optional<Decision> refuse_pending(const Caller& caller, int directory, const std::string& name,
                                         const std::string& path);
  Decision refuse_delete_pending(const Caller& caller, const Lease& lease);

  // Parts of every decision.
  // Whether a process opened the file during a call that was done. Of two commands side by side, each supervisor
  // breaks the other's lease by looking at the same file, which cannot be told apart.
  [[nodiscard]] bool missed_opener(const Lease& lease) const {
    return !lease.unbroken() && !(domain_.family != 0 && another_supervises());
  }
  [[nodiscard]] Ground ground_of(const ResolvedPath& path, const Caller& caller) const;
  SeenFile look_at(const Lease& lease, const Request& request, Ground ground, const Look& look,
                   const FileUses::Refuses& refuses, bool others_agree = false);
  Decision refuse(const Caller& caller, std::uint16_t code, Obstacle obstacle,
                  std::vector<NamedHolder> holders);
  template <typename Act>
  void carry_out(const Request& request, Decision& decision, Act act);
  // Handles a call that is not allowed, or not yet.
  Decision carry_out(const Caller& caller, Ruling&& ruling, Decision decision);
  static std::optional<Doubt> flag_scan(const Lease& lease, const std::string& path);
  std::optional<Decision> find_names(Request& request, bool two_paths);
  static Decision let_through(std::optional<Doubt> doubt);
  static Decision answer(int error, std::optional<Doubt> doubt = std::nullopt);
  static Decision unreadable(const Caller& caller, int error, bool kernel_words);
  Ground ground_of_what_is_there(const Caller& caller, int directory, std::string path) const;
  static std::optional<Doubt> doubt_of_link(const Request& request);
  static Doubt doubt_of_place(const Caller& caller, const std::string& path);
  static Decision other_identity(const Caller& caller, const std::string& difference,
                                 const std::string& path);

  Domain domain_;
  Territory territory_;
  ProgramProfiles profiles_;
  FileUses uses_;
  PendingDeletes pending_deletes_;
  bool scan_flagged_ = false;
  // Those that deny something. Other handles can only block opens that request such a mode.
  HandedModes handed_;
};

// 0, or errno of a call that returns -1.
int result_of(int returned);

template <typename Act>
void Decider::carry_out(const Request& request, Decision& decision, Act act) {
  if (domain_.mode == Domain::Mode::observe) {
    decision.kind = Decision::Kind::pass_through;
  } else if (request.still_waiting()) {
    decision.kind = Decision::Kind::answered;
    decision.error = result_of(act());
  } else {
    decision.kind = Decision::Kind::abandoned;
  }
}

}  // namespace holdfast
