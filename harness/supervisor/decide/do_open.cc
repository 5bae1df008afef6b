// Opening a file: asked where some share mode denies reading or writing, for there opens are refused, and where an
// open must come before or after a replace, never inside its decision.
//
// The supervisor opens the file itself, as the caller would have, and hands the descriptor over. Any other process
// that opens it meanwhile waits for the same thread.
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

#include "harness/linux/lease.h"
#include "harness/linux/proc_path.h"
#include "harness/linux/share_mark.h"
#include "harness/supervisor/decide/decider.h"

namespace holdfast {

// What is asked for.
struct Decider::Opening {
  const TrappedCall& call;
  const Caller& caller;
  const std::function<bool()>& still_waiting;
  open_how how{};
  std::optional<Handle> declared{};
  Handle opener{};
  std::string path{};
  PathStart start{};
  Ground ground = Ground::own;

  [[nodiscard]] bool truncates() const { return call.function == Function::truncate; }
  [[nodiscard]] bool cuts() const { return truncates() || (how.flags & O_TRUNC) != 0; }
  [[nodiscard]] bool creates() const { return (how.flags & O_CREAT) != 0; }
  [[nodiscard]] bool exclusive() const { return creates() && (how.flags & O_EXCL) != 0; }
  [[nodiscard]] bool denies() const {
    constexpr FileBits read_and_write = read_bit | write_bit;
    return (opener.share & read_and_write) != read_and_write;
  }
};

namespace {

FileBits opener_access(std::uint64_t flags) {
  const FileBits cut = (flags & O_TRUNC) != 0 ? write_bit : FileBits{0};
  switch (flags & O_ACCMODE) {
    case O_RDONLY:
      return read_bit | cut;
    case O_WRONLY:
      return write_bit;
    default:
      return read_bit | write_bit;
  }
}

// O_TRUNC of a file that is open already: who opens to read alone may cut it, too.
int cut(int file, std::uint64_t flags) {
  const auto access = flags & O_ACCMODE;
  if (access == O_WRONLY || access == O_RDWR) return result_of(::ftruncate(file, 0));
  const Descriptor writable(
      ::open(own_descriptor_path(file).data(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  return writable ? result_of(::ftruncate(writable.get(), 0)) : errno;
}

// Growing a file beyond its limit is answered with a signal, too: by the kernel.
bool grows_beyond_limit(const Caller& caller, const struct stat& file, std::int64_t length) {
  rlimit limit{};
  return length > file.st_size && ::prlimit(caller.process, RLIMIT_FSIZE, nullptr, &limit) == 0 &&
         limit.rlim_cur != RLIM_INFINITY && static_cast<rlim_t>(length) > limit.rlim_cur;
}

}  // namespace

// False: left for the kernel to reject, or nobody else is concerned.
bool Decider::understand(Opening& opening) {
  const TrappedCall& call = opening.call;
  open_how& how = opening.how;
  how.flags = call.open_flags;
  how.mode = call.mode;
  if (call.how != 0) {
    const bool whole = call.how_bytes == sizeof how;
    if (!whole || !read_memory(opening.caller.thread, call.how, &how, sizeof how)) return false;
  }
  if (opening.truncates()) {
    if (call.length < 0) return false;
    how.flags = O_WRONLY;
  }
  auto declared = declared_mode(how.flags);
  how.flags = declared.open_flags;
  opening.declared = declared.mode;
  // Names a file, opens a directory, or makes a file without a name.
  if ((how.flags & (O_PATH | O_DIRECTORY)) != 0) return false;

  opening.opener = {opener_access(how.flags), profiles_.of(opening.caller.process).share};
  const auto& participant = opening.caller.participant;
  if (participant && participant->role == Role::injector) opening.opener.share = participant->share;
  if (opening.declared) opening.opener = *opening.declared;
  return true;
}

bool Decider::judges_cut(const Opening& opening) const {
  return domain_.cuts && opening.cuts();
}

// Whether nobody can refuse this open, although somebody has the file open: nobody writes, and all who read share reading.
// To know that by looking at every process would take milliseconds.
bool Decider::only_readers_agree(const Opening& opening, int file, const struct stat& identity) {
  const bool injectors_unknown = domain_.mode == Domain::Mode::observe && uses_.has_injectors();
  const Handle reader{read_bit, profiles_.least_share()};
  if (opening.opener.access != read_bit || opening.cuts() || injectors_unknown ||
      open_beside(opening.opener, std::span(&reader, 1)) != 0 || !Lease::nobody_writes(file))
    return false;
  handed_.writers_closed(identity);
  return !handed_.may_refuse(identity, opening.opener);
}

// Who has a file that somebody opens with this mode, and whether that is sure.
FileUse Decider::obstacles_to(const Opening& opening, int file, Decision& decision) {
  const Lease lease = Lease::probe_file(file);
  if (lease.openness() == Openness::free) {
    handed_.all_closed(lease.identity());
    return {};
  }
  if (lease.openness() == Openness::held && only_readers_agree(opening, file, lease.identity())) return {};
  decision.doubt = flag_scan(lease, decision.path);
  // A share mode ends with its handle (CreateFile, dwShareMode): a mapping only keeps a program from being written,
  // and a file from being cut.
  const bool mappings_matter = judges_cut(opening) || (opening.opener.access & write_bit) != 0;
  return uses_.of(lease, opening.caller, opening.ground, mappings_matter,
                  [&](auto handles) { return open_beside(opening.opener, handles) != 0; });
}

// Whether somebody stands in the way of opening this file.
Decider::Opened Decider::look_at_holders(const Opening& opening, int file, const struct stat& identity,
                                         const Look& look, Decision& decision) {
  // Who only observes hands nothing over, and so does not know which modes are there.
  const bool may_meet_another = domain_.mode == Domain::Mode::observe || opening.declared ||
                                handed_.may_refuse(identity, opening.opener);
  if (!opening.denies() && !judges_cut(opening) && !may_meet_another) return Opened::not_yet;
  SeenOpen seen{opening.opener, obstacles_to(opening, file, decision), judges_cut(opening),
                opening.ground == Ground::own && (opening.denies() || handed_.knows(identity))};
  Ruling ruling = rule_on_open(seen, look);
  if (ruling.kind == Ruling::Kind::look_again) return Opened::again;
  if (ruling.kind == Ruling::Kind::allowed) {
    FileUse& use = seen.use;
    if (!use.bystanders.empty()) {
      use.holders.insert(use.holders.end(), use.bystanders.begin(), use.bystanders.end());
      decision.spared = spared(rule_on_open(std::move(seen), look));
    }
    return Opened::not_yet;
  }
  decision = carry_out(opening.caller, std::move(ruling), std::move(decision));
  return Opened::decided;
}

// Opens what was looked at: `identity` of the file that was there, none if none was.
Decider::Opened Decider::carry_out_open(const Opening& opening, const struct stat* identity, const Look& look,
                                        Decision& decision) {
  const open_how& how = opening.how;
  if (!opening.still_waiting()) {
    decision.kind = Decision::Kind::abandoned;
    return Opened::decided;
  }
  decision.kind = Decision::Kind::answered;
  if (identity == nullptr && opening.creates()) ::umask(umask_of(opening.caller));
  // Not to wait for somebody's lease, which nobody else's call could end meanwhile.
  const bool waits = (how.flags & O_NONBLOCK) == 0;
  Descriptor opened =
      open_from(opening.start, (how.flags & ~std::uint64_t{O_TRUNC}) | O_CLOEXEC | O_NONBLOCK, how.mode);
  struct stat now {};
  if (opened && ::fstat(opened.get(), &now) != 0) opened.reset();
  // Another file has come to that name meanwhile: its holders were not asked for.
  const bool another =
      opened && (identity != nullptr ? !same_file(*identity, now) : !opening.creates() || now.st_size != 0);
  if (another && !look.is_last()) return Opened::again;
  const bool fresh = identity == nullptr && now.st_size == 0;
  if (!opened) {
    decision.error = errno;
  } else if (opening.truncates() && grows_beyond_limit(opening.caller, now, opening.call.length)) {
    decision.kind = Decision::Kind::pass_through;
  } else if (opening.truncates()) {
    decision.error = result_of(::truncate(own_descriptor_path(opened.get()).data(), opening.call.length));
  } else if (opening.cuts() && !fresh) {
    decision.error = cut(opened.get(), how.flags);
  }
  if (decision.error == EWOULDBLOCK && waits) decision.kind = Decision::Kind::probe_again;
  if (decision.error != 0 || opening.truncates()) return Opened::decided;
  if (waits) ::fcntl(opened.get(), F_SETFL, ::fcntl(opened.get(), F_GETFL) & ~O_NONBLOCK);
  if (opening.denies() || opening.declared) {
    handed_.add(now, opening.opener, (how.flags & O_ACCMODE) != O_RDONLY);
    mark_mode(opened.get(), opening.opener);
  }
  decision.kind = Decision::Kind::handed_over;
  decision.close_on_exec = (how.flags & O_CLOEXEC) != 0;
  decision.opened = std::move(opened);
  return Opened::decided;
}

// From a file no way leads up: if its mount is unknown, its directory is asked.
Ground Decider::ground_of_file(const Opening& opening, int file, const std::string& path) const {
  const Ground ground = territory_.ground_of(file, path, opening.caller.process);
  ResolvedPath parent;
  if (ground != Ground::unknown ||
      resolve(opening.caller, opening.call.from_directory, opening.path, parent, opening.how.resolve))
    return ground;
  struct stat named {
  }, opened{};
  const bool same =
      ::fstatat(parent.directory.get(), parent.leaf.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
      ::fstat(file, &opened) == 0 && same_file(named, opened);
  return same ? ground_of(parent, opening.caller) : ground;
}

Decider::Opened Decider::look_and_open(Opening& opening, const Look& look, Decision& decision) {
  const Caller& caller = opening.caller;
  const bool observes = domain_.mode == Domain::Mode::observe;
  const std::uint64_t follow = (opening.how.flags & O_NOFOLLOW) | (opening.exclusive() ? O_NOFOLLOW : 0);
  const Descriptor there = open_from(opening.start, O_PATH | O_CLOEXEC | follow, 0);
  struct stat identity {};
  if (!there) {
    // What may not be reached, the kernel words.
    ResolvedPath parent;
    const bool missing = errno == ENOENT && (opening.creates() || (!observes && caller.same_identity));
    if (!missing || resolve(caller, opening.call.from_directory, opening.path, parent, opening.how.resolve))
      return Opened::decided;
    opening.ground = ground_of(parent, caller);
    if (opening.ground == Ground::unknown) decision.doubt = doubt_of_place(caller, parent.text);
    if (!is_inside(opening.ground)) return Opened::decided;
    if (opening.creates()) decision.path = parent.text;
  } else {
    if (::fstat(there.get(), &identity) != 0 || !S_ISREG(identity.st_mode)) return Opened::decided;
    std::string path = path_of(there.get());
    if (pending_deletes_.is_pending(path, identity)) {
      pending_deletes_.settle(path);
      if (!pending_deletes_.is_pending(path, identity)) return Opened::again;
      decision = refuse_delete_pending(caller, Lease::probe_file(there.get()));
      decision.path = std::move(path);
      return Opened::decided;
    }
    opening.ground = opening.exclusive() ? Ground::outside : ground_of_file(opening, there.get(), path);
    if (opening.ground == Ground::unknown) decision.doubt = doubt_of_place(caller, path);
    if (!is_inside(opening.ground)) return Opened::decided;
    decision.path = std::move(path);
    const Opened opened = look_at_holders(opening, there.get(), identity, look, decision);
    if (opened != Opened::not_yet) return opened;
  }
  if (observes) return Opened::decided;
  return carry_out_open(opening, there ? &identity : nullptr, look, decision);
}

Decision Decider::do_open(const TrappedCall& call, const Caller& caller,
                          const std::function<bool()>& still_waiting) {
  if (call.by_handle) {
    return let_through(
        Doubt{DoubtKind::no_name,
              fmt::format("process {} opened a file by its handle (open_by_handle_at), which names "
                          "no path: the open was let through",
                          caller.process)});
  }
  Opening opening{call, caller, still_waiting};
  if (!understand(opening)) return {};
  ReadPath text = read_path(caller.thread, call.from_path);
  const bool kernel_words =
      domain_.mode == Domain::Mode::observe || text.error == EFAULT || text.error == ENAMETOOLONG;
  if (text.error != 0) return unreadable(caller, text.error, kernel_words);
  opening.path = std::move(text.path);
  if (auto error =
          start_path(caller, call.from_directory, opening.path, opening.start, opening.how.resolve)) {
    Decision undecided;
    undecided.doubt = error->doubt;
    return undecided;
  }
  for (Look look{.unseen = uses_.unseen()};; ++look.number) {
    Decision decision;
    if (look_and_open(opening, look, decision) != Opened::again) return decision;
  }
}

}  // namespace holdfast
