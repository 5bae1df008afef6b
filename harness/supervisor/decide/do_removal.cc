#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "harness/supervisor/decide/decider.h"

namespace holdfast {

// Whether whoever has the file open lets it be deleted, injectors apart: their modes are handed over or known, and nobody can
// run it. Thousands of files may be deleted while they are held, and to ask every process takes milliseconds.
bool Decider::all_share_deletion(const struct stat& file) const {
  constexpr mode_t any_execute = 0111;
  constexpr Handle deleter{delete_bit, read_bit | write_bit | delete_bit};
  return enforces() && domain_.opens && (profiles_.least_share() & delete_bit) != 0 &&
         (file.st_mode & any_execute) == 0 && !handed_.may_refuse(file, deleter);
}

// DeleteFileW, with POSIX semantics as since Windows 10 1809 on NTFS or classic ones, and RemoveDirectoryW.
Decision Decider::do_removal(Request& request) {
  const TrappedCall& call = request.call;
  const Caller& caller = request.caller;
  const auto& still_waiting = request.still_waiting;
  ResolvedPath& from = request.from;
  const Ground ground = request.from_ground;
  Decision decision;
  decision.kind = Decision::Kind::answered;
  const int flags = call.function == Function::rmdir ? AT_REMOVEDIR : 0;
  const auto remove = [&] {
    carry_out(request, decision, [&] { return ::unlinkat(from.directory.get(), from.leaf.c_str(), flags); });
    return std::move(decision);
  };
  // The kernel words what is wrong with a name that no file can have.
  if (domain_.mode == Domain::Mode::posix || from.is_dots()) return remove();

  for (Look look{.unseen = uses_.unseen()};; ++look.number) {
    const Lease lease = Lease::probe(from.directory.get(), from.name.c_str());
    if (lease.openness() == Openness::special && S_ISDIR(lease.identity().st_mode)) {
      if (call.function != Function::rmdir) return remove();
      FileUse use =
          uses_.of_directory(lease.identity(), from.text, caller, ground, LookFor::current_directories);
      Ruling ruling = rule_on_directory(std::move(use.holders), true);
      if (ruling.kind != Ruling::Kind::allowed)
        return carry_out(caller, std::move(ruling), std::move(decision));
      const std::uint16_t around = remove_directory_around(pending_deletes_.has_below(from.text));
      if (around != 0) return refuse(caller, around, Obstacle::delete_pending, {});
      decision.spared = spared(rule_on_directory(std::move(use.bystanders), true));
      return remove();
    }
    if (call.function == Function::rmdir) return remove();  // not a directory
    const SeenFile seen = look_at(
        lease, request, ground, look, [](auto handles) { return delete_of(handles) != 0; },
        lease.openness() == Openness::held && all_share_deletion(lease.identity()));
    const bool stays = leaves_name(domain_.deletion, handles_of(seen.use.holders));
    Ruling ruling = rule_on_removal(seen, look);
    if (ruling.kind == Ruling::Kind::look_again) continue;
    if (ruling.kind != Ruling::Kind::allowed)
      return carry_out(caller, std::move(ruling), std::move(decision));
    if (auto doubt = flag_scan(lease, from.text)) decision.doubt = std::move(doubt);
    if (!seen.use.bystanders.empty()) decision.spared = spared(rule_on_removal(with_bystanders(seen), look));
    if (domain_.mode == Domain::Mode::enforce && stays) {
      if (still_waiting()) {
        pending_deletes_.add(std::move(from), lease.identity());
      } else {
        decision.kind = Decision::Kind::abandoned;
      }
      return decision;
    }
    decision = remove();
    decision.missed_refusal = decision.error == 0 && enforces() && missed_opener(lease);
    return decision;
  }
}

}  // namespace holdfast
