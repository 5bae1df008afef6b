// Opening a file: asked only where some share mode denies reading or writing, for otherwise no open is refused.
//
// The supervisor opens the file itself, as the caller would have, and hands the descriptor over. Whoever else
// opens it meanwhile waits for the same thread.
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/supervisor/decision.h"
#include "harness/supervisor/lease.h"
#include "harness/supervisor/share_mark.h"

namespace holdfast {
namespace {

constexpr FileBits read_and_write = read_bit | write_bit;

bool denies(const Handle& mode) {
  return (mode.share & read_and_write) != read_and_write;
}

FileBits access_of(std::uint64_t flags) {
  const FileBits cut = (flags & O_TRUNC) != 0 ? write_bit : FileBits{0};
  switch (flags & O_ACCMODE) {
    case O_RDONLY:
      return read_bit | cut;
    case O_WRONLY:
      return write_bit;
    default:
      return read_and_write;
  }
}

int open_from(const PathStart& start, std::uint64_t flags, std::uint64_t mode, std::uint64_t resolve) {
  open_how how{};
  how.flags = flags;
  how.mode = mode;
  how.resolve = start.resolve | resolve;
  return static_cast<int>(::syscall(SYS_openat2, start.at(), start.path.c_str(), &how, sizeof how));
}

// Without those whose mapping outlived their handle.
std::vector<Handle> open_handles_of(std::vector<NamedHolder> holders) {
  std::erase_if(holders, [](const NamedHolder& holder) {
    return holder.found.descriptor < 0 && !holder.found.running && holder.kind != HolderKind::unseen;
  });
  return handles_of(holders);
}

}  // namespace

// Who has a file that somebody opens with this mode, and whether that is sure.
FileUse Decider::obstacles_to(const Handle& opener, int file, const std::string& path, const Caller& caller,
                              bool cuts, std::string& doubt) {
  const Lease lease = Lease::probe_file(file);
  const FileId id{lease.identity().st_dev, lease.identity().st_ino};
  if (lease.openness() == Openness::free) {
    opened_.erase(id);
    return {};
  }
  doubt = flag_scan(lease, path);
  // A share mode ends with its handle (CreateFile, dwShareMode): a mapping only keeps a program from being written,
  // and a file from being cut.
  const bool mappings_matter = cuts || (opener.access & write_bit) != 0;
  return uses_.of(lease, caller, mappings_matter,
                  [&](auto handles) { return open_beside(opener, handles) != 0; });
}

Decision Decider::decide_open(const TrappedCall& call, const Caller& caller,
                              const std::function<bool()>& still_waiting) {
  std::uint64_t flags = call.open_flags, mode = call.mode, resolve_flags = 0;
  if (call.how != 0) {
    open_how how{};
    // The kernel shall say what is wrong with another size.
    if (call.how_bytes != sizeof how || !read_memory(caller.thread, call.how, &how, sizeof how)) return {};
    flags = how.flags;
    mode = how.mode;
    resolve_flags = how.resolve;
  }
  const bool truncates = call.function == Function::truncate;
  if (truncates) flags = O_WRONLY;
  const auto declared = declared_mode(flags);
  flags = declared.open_flags;
  // Names a file, opens a directory, or makes a file without a name: nobody else is concerned.
  if ((flags & (O_PATH | O_DIRECTORY)) != 0) return {};
  const ReadPath text = read_path(caller.thread, call.from_path);
  if (text.error != 0)
    return domain_.mode == Domain::Mode::observe ? Decision{} : unreadable(caller, text.error);
  PathStart start;
  if (auto error = start_path(caller, call.from_directory, text.path, start)) {
    Decision undecided;
    undecided.doubt = error->doubt;
    return undecided;
  }
  const bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
  const Profile profile = profiles_.of(caller.process);
  Handle opener{access_of(flags), profile.share};
  if (caller.participant && caller.participant->role == Role::injector)
    opener.share = caller.participant->share;
  if (declared.mode) opener = *declared.mode;

  for (int look = 1;; ++look) {
    const bool last_look = look == most_looks;
    Decision decision;
    const std::uint64_t follow = (flags & O_NOFOLLOW) | (exclusive ? O_NOFOLLOW : 0);
    const Descriptor there(open_from(start, O_PATH | O_CLOEXEC | follow, 0, resolve_flags));
    struct stat identity {};
    if (!there) {
      const int error = errno;
      ResolvedPath parent;
      // What is there no more, or may not be reached, the kernel words.
      if (error != ENOENT || (flags & O_CREAT) == 0 ||
          resolve(caller, call.from_directory, text.path, parent) || !inside(parent, caller))
        return {};
      decision.path = parent.text;
    } else {
      if (::fstat(there.get(), &identity) != 0 || !S_ISREG(identity.st_mode)) return {};
      decision.path = path_of(there.get());
      if (pending_deletes_.is_pending(decision.path, identity)) {
        Decision refused = refuse_delete_pending(caller, Lease::probe_file(there.get()));
        refused.path = std::move(decision.path);
        return refused;
      }
      if (exclusive || !territory_.contains(there.get(), decision.path, caller.process)) return {};
      const FileId id{identity.st_dev, identity.st_ino};
      const auto known = opened_.find(id);
      const bool cuts = truncates || (flags & O_TRUNC) != 0;
      // Who only observes hands nothing over, and so does not know which modes are there.
      const bool may_meet_another = domain_.mode == Domain::Mode::observe || declared.mode ||
                                    (known != opened_.end() && open_beside(opener, known->second) != 0);
      if (denies(opener) || cuts || may_meet_another) {
        FileUse use = obstacles_to(opener, there.get(), decision.path, caller, cuts, decision.doubt);
        if (!use.known && !last_look) continue;
        if (!use.known && use.holders.empty() && (denies(opener) || known != opened_.end()))
          use.holders.push_back(uses_.unseen());
        if (const auto code = open_beside(opener, open_handles_of(use.holders)); code != 0) {
          Decision refused =
              refuse(caller, code, some_run(use.holders) ? Obstacle::running_program : Obstacle::held,
                     std::move(use.holders));
          refused.path = std::move(decision.path);
          return refused;
        }
        const bool mapped =
            std::any_of(use.holders.begin(), use.holders.end(), [](const NamedHolder& holder) {
              return holder.found.descriptor < 0 && !holder.found.running &&
                     holder.kind != HolderKind::unseen;
            });
        if (const auto code = truncate_mapped(cuts && mapped); code != 0) {
          Decision refused = refuse(caller, code, Obstacle::mapped, std::move(use.holders));
          refused.path = std::move(decision.path);
          return refused;
        }
        if (use.only_passing) {
          decision.kind = Decision::Kind::probe_again;
          return decision;
        }
      }
    }
    if (domain_.mode == Domain::Mode::observe) return decision;
    if (!caller.same_identity) return other_identity(caller, decision.path);
    if (!still_waiting()) {
      decision.kind = Decision::Kind::abandoned;
      return decision;
    }
    decision.kind = Decision::Kind::answered;
    // Not to wait for somebody's lease, which nobody else's call could end meanwhile.
    const bool waits = (flags & O_NONBLOCK) == 0;
    if (!there) ::umask(umask_of(caller));
    Descriptor opened(
        open_from(start, (flags & ~std::uint64_t{O_TRUNC}) | O_CLOEXEC | O_NONBLOCK, mode, resolve_flags));
    if (!opened) {
      decision.error = errno;
      if (decision.error == EWOULDBLOCK && waits) {
        // Only a handle that nothing must be known of may be left to the kernel.
        if (!denies(opener) && !declared.mode) return {};
        decision.kind = Decision::Kind::probe_again;
      }
      return decision;
    }
    struct stat now {};
    if (::fstat(opened.get(), &now) != 0) return answer(errno);
    // Another file has come to that name meanwhile: its holders were not asked for.
    if (there && !same_file(identity, now) && !last_look) continue;
    if (waits) ::fcntl(opened.get(), F_SETFL, ::fcntl(opened.get(), F_GETFL) & ~O_NONBLOCK);
    if (truncates || (flags & O_TRUNC) != 0) {
      const auto length = static_cast<off_t>(truncates ? call.mode : 0);
      decision.error = result_of(::ftruncate(opened.get(), length));
      if (truncates || decision.error != 0) return decision;
    }
    if (denies(opener) || declared.mode) {
      opened_[{now.st_dev, now.st_ino}].push_back(opener);
      mark_mode(opened.get(), opener);
    }
    decision.kind = Decision::Kind::handed_over;
    decision.close_on_exec = (flags & O_CLOEXEC) != 0;
    decision.opened = std::move(opened);
    return decision;
  }
}

}  // namespace holdfast
