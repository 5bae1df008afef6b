#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "harness/supervisor/decide/decider.h"

namespace holdfast {

// MoveFileExW(REPLACE_EXISTING): the source is opened for deletion, the target must be free.
Decision Decider::do_rename(const Request& request) {
  const TrappedCall& call = request.call;
  const Caller& caller = request.caller;
  const ResolvedPath &from = request.from, &to = request.to;
  Decision decision;
  decision.kind = Decision::Kind::answered;
  const auto carry_out_with = [&](unsigned flags) {
    carry_out(request, decision, [&] {
      return ::renameat2(from.directory.get(), from.leaf.c_str(), to.directory.get(), to.leaf.c_str(), flags);
    });
    return std::move(decision);
  };
  // The kernel words what is wrong with a name that no file can have.
  if (domain_.mode == Domain::Mode::posix || from.is_dots() || to.is_dots())
    return carry_out_with(call.flags);
  // RENAME_NOREPLACE onto a name that exists is EEXIST, no refusal: mv asks so first.
  struct stat there {};
  if ((call.flags & RENAME_NOREPLACE) != 0 &&
      ::fstatat(to.directory.get(), to.name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) {
    return carry_out_with(call.flags);
  }

  for (Look look{.unseen = uses_.unseen()};; ++look.number) {
    const Lease source = Lease::probe(from.directory.get(), from.name.c_str());
    if (source.openness() == Openness::absent)
      return carry_out_with(call.flags);  // the kernel returns the right errno
    if (source.openness() == Openness::special && S_ISDIR(source.identity().st_mode)) {
      FileUse use =
          uses_.of_directory(source.identity(), from.text, caller, request.from_ground, LookFor::everything);
      Ruling ruling = rule_on_directory(std::move(use.holders), false);
      if (ruling.kind != Ruling::Kind::allowed)
        return carry_out(caller, std::move(ruling), std::move(decision));
      decision.spared = spared(rule_on_directory(std::move(use.bystanders), false));
      return carry_out_with(call.flags);
    }
    Lease target = Lease::probe(to.directory.get(), to.name.c_str(), &source);
    // Two names of one file: rename(2) does nothing then.
    const bool same_file = target.openness() != Openness::absent &&
                           target.identity().st_dev == source.identity().st_dev &&
                           target.identity().st_ino == source.identity().st_ino;
    if (same_file && from.text != to.text) return carry_out_with(call.flags);
    for (const auto& [lease, path] :
         {std::pair<const Lease*, const ResolvedPath*>{&source, &from}, {&target, &to}}) {
      if (auto doubt = flag_scan(*lease, path->text)) decision.doubt = std::move(doubt);
    }
    const Profile profile = profiles_.of(caller.process);
    SeenFile from_seen = look_at(source, request, request.from_ground, look,
                                 [](auto handles) { return rename_of(handles) != 0; });
    from_seen.read_only = false;  // which is in nobody's way
    const SeenFile to_seen = look_at(target, request, request.to_ground, look,
                                     [&](auto handles) { return replace_onto(profile, handles) != 0; });
    Ruling ruling = rule_on_rename(from_seen, to_seen, profile, look);
    if (ruling.kind == Ruling::Kind::look_again) continue;
    if (ruling.kind != Ruling::Kind::allowed)
      return carry_out(caller, std::move(ruling), std::move(decision));
    if (!from_seen.use.bystanders.empty() || !to_seen.use.bystanders.empty()) {
      decision.spared =
          spared(rule_on_rename(with_bystanders(from_seen), with_bystanders(to_seen), profile, look));
    }
    if (domain_.mode == Domain::Mode::observe) return carry_out_with(call.flags);
    if (target.openness() == Openness::absent) {
      // No lease guards a missing name: a file created there now must be examined.
      decision = carry_out_with(call.flags | RENAME_NOREPLACE);
      const bool appeared = decision.error == EEXIST && (call.flags & RENAME_NOREPLACE) == 0;
      if (appeared && !look.is_last()) {
        decision.error = 0;
        continue;
      }
      // EINVAL: the filesystem has no RENAME_NOREPLACE.
      if (appeared || decision.error == EINVAL) decision = carry_out_with(call.flags);
    } else {
      decision = carry_out_with(call.flags);
    }
    decision.missed_refusal = decision.error == 0 && (missed_opener(source) || missed_opener(target));
    return decision;
  }
}

}  // namespace holdfast
