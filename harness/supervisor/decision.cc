#include "harness/supervisor/decision.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "harness/supervisor/lease.h"
#include "harness/supervisor/proc.h"

namespace holdfast {
namespace {

// How often a file that changes hands while we look is looked at anew before the answer is "held,
// by whom unseen".
constexpr int most_looks = 4;

int result_of(int returned) {
  return returned == 0 ? 0 : errno;
}

std::vector<Handle> handles_of(const std::vector<NamedHolder>& holders) {
  std::vector<Handle> handles;
  handles.reserve(holders.size());
  for (const NamedHolder& holder : holders) handles.push_back({holder.found.access, holder.share});
  return handles;
}

}  // namespace

struct Decider::Use {
  bool known = true;          // false: the holder came or went while we looked
  bool only_passing = false;  // nobody but copies between fork and exec
  std::vector<NamedHolder> holders;
};

Decider::Decider(Domain domain, const Participants& participants)
    : domain_(std::move(domain)), participants_(participants) {
  struct statfs filesystem {};
  if (::statfs(domain_.directory.c_str(), &filesystem) == 0) {
    mappings_unseen_ = filesystem.f_type == OVERLAYFS_SUPER_MAGIC;
  }
}

bool Decider::inside(const ResolvedPath& path) const {
  const std::string& domain = domain_.directory.native();
  const std::string& directory = path.directory_text;
  return directory.starts_with(domain) &&
         (directory.size() == domain.size() || directory[domain.size()] == '/');
}

NamedHolder Decider::name(FoundHolder found, const Caller& caller) const {
  NamedHolder holder;
  holder.share = domain_.profile.share;
  const auto participant = nearest_participant(participants_, found.process);
  if (participant && participant->role == Role::injector) {
    holder.kind = HolderKind::injector;
    holder.share = participant->share;
  } else if (found.process == caller.process) {
    holder.kind = HolderKind::self;
  } else if (found.forked_copy) {
    holder.kind = HolderKind::posix_only;
  } else {
    holder.kind = participant ? HolderKind::agent : HolderKind::stranger;
  }
  if (participant) holder.index = participant->index;
  holder.found = std::move(found);
  return holder;
}

// Only where the lease does not answer "free" is /proc read: reading it always made saves ten times slower.
Decider::Use Decider::use_of(const Lease& lease, const Caller& caller) const {
  Use use;
  const bool free = lease.openness() == Openness::free;
  if (lease.openness() == Openness::absent || lease.openness() == Openness::special) return use;
  if (free && !mappings_unseen_) return use;

  std::vector<FoundHolder> found;
  const auto look = [&](const std::vector<pid_t>& processes, LookAt what) {
    for (FoundHolder& holder : find_holders(lease.identity(), processes, what))
      found.push_back(std::move(holder));
  };
  const auto somebody_stays = [&] {
    return std::any_of(found.begin(), found.end(),
                       [](const FoundHolder& h) { return !h.between_fork_and_exec; });
  };
  if (free) {
    look(all_processes(), LookAt::mappings);
  } else {
    // One holder explains a refusal; to allow something in spite of holders, all must be known. Injectors
    // first, who hold files on purpose: a look at a thousand agents takes 70 ms.
    const auto unexplained = [&] {
      return !somebody_stays() || std::all_of(found.begin(), found.end(), [&](const FoundHolder& holder) {
        return (name(holder, caller).share & delete_bit) != 0;
      });
    };
    look(participants_.processes(Role::injector), LookAt::descriptors);
    if (unexplained()) look(participants_.processes(Role::agent), LookAt::descriptors);
    if (unexplained()) {
      found.clear();
      look(all_processes(), LookAt::descriptors);
    }
    if (!somebody_stays()) look(all_processes(), LookAt::mappings);
  }

  use.only_passing = !found.empty() && !somebody_stays();
  use.known = free || !found.empty() || lease.openness() == Openness::ask_scan;
  for (FoundHolder& holder : found) {
    if (!holder.between_fork_and_exec) use.holders.push_back(name(std::move(holder), caller));
  }
  return use;
}

// Searching /proc can miss a holder of another user, or one that comes while it is read; once a run says so.
std::string Decider::flag_scan(const Lease& lease, const ResolvedPath& path) {
  if (lease.openness() != Openness::ask_scan || scan_flagged_) return {};
  scan_flagged_ = true;
  return fmt::format(
      "whether {} is open could not be asked of the kernel ({}): /proc was searched instead, which can "
      "miss holders; 'holdfast doctor' says more",
      path.text, std::strerror(lease.error()));
}

// Whether the process that waited for a lease on this file, and gets it in a moment, is an injector.
bool Decider::opened_by_injector(const struct stat& identity) const {
  constexpr int looks = 20;
  constexpr unsigned pause_us = 200;
  for (int look = 0; look < looks; ++look) {
    const auto injectors = participants_.processes(Role::injector);
    if (!find_holders(identity, injectors, LookAt::descriptors).empty()) return true;
    ::usleep(pause_us);
  }
  return false;
}

Decision Decider::rename(const TrappedCall& call, const Caller& caller, const ResolvedPath& from,
                         const ResolvedPath& to, const std::function<bool()>& still_waiting) {
  Decision decision;
  decision.kind = Decision::Kind::answered;
  const auto refuse = [&](std::uint16_t code, std::vector<NamedHolder> holders) {
    decision.windows_code = code;
    decision.error = errno_for(domain_.profile, code);
    decision.holders = std::move(holders);
    return decision;
  };
  const auto carry_out_with = [&](unsigned flags) {
    if (still_waiting()) {
      decision.error = result_of(
          ::renameat2(from.directory.get(), from.leaf.c_str(), to.directory.get(), to.leaf.c_str(), flags));
    } else {
      decision.kind = Decision::Kind::abandoned;
    }
    return decision;
  };
  const auto carry_out = [&] { return carry_out_with(call.flags); };
  if (!domain_.windows_rules) return carry_out();
  // RENAME_NOREPLACE onto a name that exists is EEXIST, no refusal: mv asks so first.
  struct stat there {};
  if ((call.flags & RENAME_NOREPLACE) != 0 &&
      ::fstatat(to.directory.get(), to.name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) {
    return carry_out();
  }

  for (int look = 1;; ++look) {
    const Lease source = Lease::probe(from.directory.get(), from.name.c_str());
    if (source.openness() == Openness::absent) return carry_out();  // the kernel words it
    if (source.openness() == Openness::special && S_ISDIR(source.identity().st_mode)) {
      auto use = find_directory_use(source.identity(), from.text);
      const std::uint16_t code = rename_directory(use.has_open_child || use.is_current_directory);
      if (code == 0) return carry_out();
      std::vector<NamedHolder> holders;
      for (auto& holder : use.holders) holders.push_back(name(std::move(holder), caller));
      return refuse(code, std::move(holders));
    }
    Lease target = Lease::probe(to.directory.get(), to.name.c_str(), &source);
    for (const auto& [lease, path] :
         {std::pair<const Lease*, const ResolvedPath*>{&source, &from}, {&target, &to}}) {
      if (auto doubt = flag_scan(*lease, *path); !doubt.empty()) decision.doubt = std::move(doubt);
    }
    Use of_source = use_of(source, caller);
    Use of_target = use_of(target, caller);
    const bool last_look = look == most_looks;
    const auto unseen = [&](Use& use) {
      if (!use.known && use.holders.empty()) {
        use.holders.push_back({HolderKind::unseen, no_process, domain_.profile.share, {}});
      }
    };
    if (!last_look && (!of_source.known || !of_target.known)) continue;
    unseen(of_source);
    unseen(of_target);
    const std::uint16_t source_code = rename_of(handles_of(of_source.holders));
    if (source_code != 0) return refuse(source_code, std::move(of_source.holders));
    const std::uint16_t target_code = replace_onto(domain_.profile, handles_of(of_target.holders));
    if (target_code != 0) return refuse(target_code, std::move(of_target.holders));
    if (of_source.only_passing || of_target.only_passing) {
      decision.kind = Decision::Kind::probe_again;
      return decision;
    }
    // Somebody who began to open a file since waits for our lease, and will hold it: look again.
    if (!source.unbroken() || !target.unbroken()) {
      if (!last_look) continue;
      std::vector<NamedHolder> opener{{HolderKind::unseen, no_process, domain_.profile.share, {}}};
      return refuse(target.unbroken() ? error_sharing_violation : error_access_denied, std::move(opener));
    }
    if (target.openness() == Openness::absent) {
      // No lease guards a name that is not there: whoever makes it now must be looked at.
      carry_out_with(call.flags | RENAME_NOREPLACE);
      const bool appeared = decision.error == EEXIST && (call.flags & RENAME_NOREPLACE) == 0;
      if (appeared && !last_look) {
        decision.error = 0;
        continue;
      }
      if (appeared || decision.error == EINVAL)
        carry_out();  // EINVAL: the filesystem has no RENAME_NOREPLACE
    } else {
      carry_out();
    }
    if (decision.error == 0 && !source.unbroken()) ++late_openers_;
    if (decision.error == 0 && !target.unbroken()) {
      target.drop();
      // An injector with the old file only wasted a fault. Anybody else read what was no longer there.
      if (opened_by_injector(target.identity())) {
        ++late_openers_;
      } else {
        decision.doubt = fmt::format(
            "a process began to open {} while it was being replaced, and got the old file", to.text);
      }
    }
    return decision;
  }
}

Decision Decider::remove(const TrappedCall& call, const Caller& caller, const ResolvedPath& from,
                         const std::function<bool()>& still_waiting) {
  Decision decision;
  decision.kind = Decision::Kind::answered;
  const int flags = call.function == Function::rmdir ? AT_REMOVEDIR : 0;
  const auto refuse = [&](std::uint16_t code, std::vector<NamedHolder> holders) {
    decision.windows_code = code;
    decision.error = errno_for(domain_.profile, code);
    decision.holders = std::move(holders);
    return decision;
  };
  const auto carry_out = [&] {
    if (still_waiting()) {
      decision.error = result_of(::unlinkat(from.directory.get(), from.leaf.c_str(), flags));
    } else {
      decision.kind = Decision::Kind::abandoned;
    }
    return decision;
  };
  if (!domain_.windows_rules) return carry_out();

  for (int look = 1;; ++look) {
    const Lease lease = Lease::probe(from.directory.get(), from.name.c_str());
    if (lease.openness() == Openness::special && S_ISDIR(lease.identity().st_mode)) {
      if (call.function != Function::rmdir) return carry_out();
      auto use = find_directory_use(lease.identity(), from.text);
      const std::uint16_t code = remove_directory(use.is_current_directory);
      if (code == 0) return carry_out();
      std::vector<NamedHolder> holders;
      for (auto& holder : use.holders) holders.push_back(name(std::move(holder), caller));
      return refuse(code, std::move(holders));
    }
    Use use = use_of(lease, caller);
    const bool last_look = look == most_looks;
    if (!use.known && !last_look) continue;
    if (!use.known) use.holders.push_back({HolderKind::unseen, no_process, domain_.profile.share, {}});
    const std::uint16_t code = delete_of(handles_of(use.holders));
    if (code != 0) return refuse(code, std::move(use.holders));
    if (use.only_passing) {
      decision.kind = Decision::Kind::probe_again;
      return decision;
    }
    if (!lease.unbroken()) {
      if (!last_look) continue;
      std::vector<NamedHolder> opener{{HolderKind::unseen, no_process, domain_.profile.share, {}}};
      return refuse(error_sharing_violation, std::move(opener));
    }
    if (auto doubt = flag_scan(lease, from); !doubt.empty()) decision.doubt = std::move(doubt);
    carry_out();
    if (decision.error == 0 && !lease.unbroken()) ++late_openers_;
    return decision;
  }
}

Decision Decider::decide(const TrappedCall& call, const Caller& caller,
                         const std::function<bool()>& still_waiting) {
  const auto answer = [](int error, std::string doubt = {}) {
    Decision decision;
    decision.kind = Decision::Kind::answered;
    decision.error = error;
    decision.doubt = std::move(doubt);
    return decision;
  };
  const auto read_error = [&](int error) {
    if (error == EFAULT || error == ENAMETOOLONG) return answer(error);
    Decision gone;
    gone.kind = Decision::Kind::abandoned;
    if (error == ESRCH) return gone;
    return answer(ENOSYS,
                  fmt::format("the memory of process {} could not be read ({}), so its call was refused with "
                              "ENOSYS; see 'holdfast doctor'",
                              caller.process, std::strerror(error)));
  };
  const bool two_paths = call.function == Function::rename || call.function == Function::link;
  const ReadPath from_text = read_path(caller.thread, call.from_path);
  if (from_text.error != 0) return read_error(from_text.error);
  ReadPath to_text;
  if (two_paths) to_text = read_path(caller.thread, call.to_path);
  if (to_text.error != 0) return read_error(to_text.error);

  // AT_EMPTY_PATH and the like, which only a link may use.
  if (!call.flags_known && from_text.path.empty()) return {};

  // To a process with another identity its paths may mean something else, and its rights differ: nothing here
  // may guess.
  const auto other_identity = [&] {
    return answer(ENOSYS,
                  fmt::format("process {} has {}: its calls cannot be decided, {} was refused with ENOSYS",
                              caller.process, caller.difference, from_text.path));
  };
  if (!caller.same_view) return other_identity();
  ResolvedPath from, to;
  auto error = resolve(caller, call.from_directory, from_text.path, from);
  if (!error && two_paths) error = resolve(caller, call.to_directory, to_text.path, to);
  if (error) return caller.same_identity ? answer(error->error, error->doubt) : Decision{};
  if (!inside(from) && !(two_paths && inside(to))) return {};
  if (!caller.same_identity) return other_identity();

  Decision decision;
  if (!call.flags_known) {
    // RENAME_EXCHANGE and the like have no Windows counterpart; unknown flags are the kernel's to refuse.
    if (call.function == Function::rename) {
      decision.doubt =
          fmt::format("renameat2 with flags {:#x} on {} has no Windows counterpart and was let through",
                      call.flags, from.text);
    }
    return decision;
  }
  if (call.function == Function::rename) {
    decision = rename(call, caller, from, to, still_waiting);
  } else if (call.function == Function::link) {
    // CreateHardLink opens for attributes only, so sharing never refuses it.
    decision.kind = Decision::Kind::answered;
    if (still_waiting()) {
      decision.error = result_of(::linkat(from.directory.get(), from.leaf.c_str(), to.directory.get(),
                                          to.leaf.c_str(), static_cast<int>(call.flags)));
    } else {
      decision.kind = Decision::Kind::abandoned;
    }
  } else {
    decision = remove(call, caller, from, still_waiting);
  }
  decision.path = from.text;
  decision.destination = to.text;
  return decision;
}

}  // namespace holdfast
