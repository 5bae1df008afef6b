#include "harness/supervisor/decide/decider.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/check.h"

namespace holdfast {
namespace {

bool lies_on_overlay(const std::filesystem::path& directory) {
  struct statfs filesystem {};
  return ::statfs(directory.c_str(), &filesystem) == 0 && filesystem.f_type == OVERLAYFS_SUPER_MAGIC;
}

}  // namespace

int result_of(int returned) {
  return returned == 0 ? 0 : errno;
}

Decider::Decider(Domain domain, const Participants& participants)
    : domain_(std::move(domain)),
      territory_(domain_.directories, domain_.shared, domain_.excepted),
      profiles_(domain_.profile),
      uses_(participants, profiles_,
            std::any_of(domain_.directories.begin(), domain_.directories.end(), lies_on_overlay) ||
                std::any_of(domain_.shared.begin(), domain_.shared.end(), lies_on_overlay),
            domain_.opens, domain_.family) {}

Ground Decider::ground_of(const ResolvedPath& path, const Caller& caller) const {
  return territory_.ground_of(path.directory.get(), path.directory_text, caller.process);
}

// On shared ground, who cannot be seen is none of the command's.
SeenFile Decider::look_at(const Lease& lease, const Request& request, Ground ground, const Look& look,
                          const FileUses::Refuses& refuses, bool others_agree) {
  SeenFile seen{uses_.of(lease, request.caller, ground, true, refuses, others_agree), is_read_only(lease),
                lease.unbroken()};
  if (ground != Ground::shared || !look.is_last()) return seen;
  if (!seen.use.known && seen.use.holders.empty()) seen.use.bystanders.push_back(look.unseen);
  seen.use.known = seen.use.known || seen.use.holders.empty();
  seen.unbroken = true;
  return seen;
}

Decision Decider::refuse(const Caller& caller, std::uint16_t code, Obstacle obstacle,
                         std::vector<NamedHolder> holders) {
  HOLDFAST_CHECK(code != 0);
  Decision decision;
  decision.kind =
      domain_.mode == Domain::Mode::enforce ? Decision::Kind::answered : Decision::Kind::pass_through;
  decision.windows_code = code;
  decision.error = errno_for(profiles_.of(caller.process), code);
  decision.obstacle = obstacle;
  decision.holders = std::move(holders);
  return decision;
}

Decision Decider::carry_out(const Caller& caller, Ruling&& ruling, Decision decision) {
  if (ruling.kind == Ruling::Kind::refused) {
    Decision refusal = refuse(caller, ruling.code, ruling.obstacle, std::move(ruling.holders));
    refusal.path = std::move(decision.path);
    return refusal;
  }
  HOLDFAST_CHECK(ruling.kind == Ruling::Kind::probe_again);
  decision.kind = Decision::Kind::probe_again;
  return decision;
}

// Searching /proc can miss a holder of another user, or one that comes while it is read.
std::optional<Doubt> Decider::flag_scan(const Lease& lease, const std::string& path) {
  if (lease.openness() != Openness::ask_scan) return std::nullopt;
  return Doubt{DoubtKind::searched_holders,
               fmt::format("the kernel could not say whether {} is open ({}): /proc was searched instead, "
                           "which can miss holders; 'holdfast doctor' says more",
                           path, std::strerror(lease.error()))};
}

Decision Decider::answer(int error, std::optional<Doubt> doubt) {
  Decision decision;
  decision.kind = Decision::Kind::answered;
  decision.error = error;
  decision.doubt = std::move(doubt);
  return decision;
}

Decision Decider::let_through(std::optional<Doubt> doubt) {
  Decision decision;
  decision.doubt = std::move(doubt);
  return decision;
}

Decision Decider::unreadable(const Caller& caller, int error, bool kernel_words) {
  if (error == EFAULT || error == ENAMETOOLONG) return kernel_words ? Decision{} : answer(error);
  Decision gone;
  gone.kind = Decision::Kind::abandoned;
  if (error == ESRCH) return gone;
  Doubt doubt{
      DoubtKind::unreadable_memory,
      fmt::format(
          "the memory of process {} could not be read ({}), so its call was {}; see 'holdfast doctor'",
          caller.process, std::strerror(error), kernel_words ? "not judged" : "refused with ENOSYS")};
  return kernel_words ? let_through(std::move(doubt)) : answer(ENOSYS, std::move(doubt));
}

Decision Decider::refuse_delete_pending(const Caller& caller, const Lease& lease) {
  FileUse use = uses_.of(lease, caller, Ground::own, true, [](auto handles) { return !handles.empty(); });
  if (use.holders.empty()) use.holders.push_back(uses_.unseen());
  return refuse(caller, reach(true), Obstacle::delete_pending, std::move(use.holders));
}

std::optional<Decision> Decider::refuse_pending(const Caller& caller, int directory, const std::string& name,
                                                const std::string& path) {
  if (!pending_deletes_.any()) return std::nullopt;
  pending_deletes_.settle(path);
  const Lease lease = Lease::probe(directory, name.c_str());
  if (lease.openness() == Openness::absent || !pending_deletes_.is_pending(path, lease.identity()))
    return std::nullopt;
  return refuse_delete_pending(caller, lease);
}

// The rights of a process with another identity differ from ours: nothing here may guess.
Decision Decider::other_identity(const Caller& caller, const std::string& difference,
                                 const std::string& path) {
  return answer(
      ENOSYS, Doubt{DoubtKind::other_identity,
                    fmt::format("process {} has {}: its calls cannot be decided, {} was refused with ENOSYS",
                                caller.process, difference, path)});
}

// Resolves the paths in the kernel's order; the answer, if they lead nowhere.
std::optional<Decision> Decider::find_names(Request& request, bool two_paths) {
  const TrappedCall& call = request.call;
  const Caller& caller = request.caller;
  // Flags come before paths, and what is wrong with a link is found in an order of its own; no rule refuses one.
  const bool kernel_words =
      domain_.mode == Domain::Mode::observe || !call.flags_known || call.function == Function::link;

  ReadPath text = read_path(caller.thread, call.from_path);
  const std::string from_path = std::move(text.path);
  // AT_EMPTY_PATH and the like, which only a link may use.
  if (text.error == 0 && !call.flags_known && from_path.empty()) return Decision{};
  std::optional<PathError> error;
  if (text.error == 0) error = resolve(caller, call.from_directory, from_path, request.from);
  if (text.error == 0 && !error && two_paths) {
    text = read_path(caller.thread, call.to_path);
    if (text.error == 0 && !resolve_beside(request.from, {call.from_directory, from_path},
                                           {call.to_directory, text.path}, request.to))
      error = resolve(caller, call.to_directory, text.path, request.to);
  }
  if (text.error != 0) return unreadable(caller, text.error, kernel_words);
  if (!error) return std::nullopt;
  const bool ours_to_word = caller.same_identity && caller.same_view;
  if (kernel_words || (!ours_to_word && !error->doubt)) return let_through(error->doubt);
  return answer(error->error, error->doubt);
}

// A link to what a symbolic link leads to: where that leads is another place to a caller with another root, and to one that
// writes /proc/self.
std::optional<Doubt> Decider::doubt_of_link(const Request& request) {
  const ResolvedPath& from = request.from;
  struct stat named {};
  if ((request.call.flags & AT_SYMLINK_FOLLOW) == 0 ||
      ::fstatat(from.directory.get(), from.leaf.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISLNK(named.st_mode))
    return std::nullopt;
  if (!request.caller.same_view) {
    return Doubt{DoubtKind::other_root, fmt::format("process {} has another root directory or mount "
                                                    "namespace: where it would follow the link {} is unknown",
                                                    request.caller.process, from.text)};
  }
  if (from.directory_text == fmt::format("/proc/{}/fd", request.caller.thread))
    return std::nullopt;  // its own
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  const auto leads_somewhere = [&](std::uint64_t resolve) {
    how.resolve = resolve;
    return bool(Descriptor(
        static_cast<int>(::syscall(SYS_openat2, from.directory.get(), from.leaf.c_str(), &how, sizeof how))));
  };
  // A loop leads nowhere either way.
  if (leads_somewhere(RESOLVE_NO_MAGICLINKS) || errno != ELOOP || !leads_somewhere(0)) return std::nullopt;
  return Doubt{
      DoubtKind::proc_link,
      fmt::format("the link {} leads through a link in /proc, which cannot be followed as process {} sees it",
                  from.text, request.caller.process)};
}

Decision Decider::decide(const TrappedCall& call, const Caller& caller,
                         const std::function<bool()>& still_waiting) {
  // Before anything is looked for with our rights. The caller waits, so it stays who it is until it is answered.
  if (domain_.mode != Domain::Mode::observe) {
    if (const std::string difference = differs_now(caller); !difference.empty())
      return for_another(call, caller, difference);
  }
  if (call.function == Function::open || call.function == Function::truncate)
    return do_open(call, caller, still_waiting);

  const bool two_paths = call.function == Function::rename || call.function == Function::link;
  Request request{call, caller, still_waiting, {}, {}, {}, {}};
  if (auto undecided = find_names(request, two_paths)) return std::move(*undecided);
  ResolvedPath &from = request.from, &to = request.to;
  request.from_ground = ground_of(from, caller);
  if (two_paths) request.to_ground = ground_of(to, caller);
  if (!is_inside(request.from_ground) && !is_inside(request.to_ground)) {
    if (request.from_ground == Ground::unknown) return let_through(doubt_of_place(caller, from.text));
    if (request.to_ground == Ground::unknown) return let_through(doubt_of_place(caller, to.text));
    return do_outside(request, two_paths);
  }
  if (!call.flags_known) {
    // RENAME_EXCHANGE and the like have no Windows counterpart; unknown flags are the kernel's to refuse.
    if (call.function != Function::rename) return {};
    return let_through(
        Doubt{DoubtKind::no_counterpart,
              fmt::format("renameat2 with flags {:#x} on {} has no Windows counterpart and was let through",
                          call.flags, from.text)});
  }
  Decision decision;
  auto pending = refuse_pending(caller, from.directory.get(), from.name, from.text);
  if (!pending && two_paths) pending = refuse_pending(caller, to.directory.get(), to.name, to.text);
  if (pending) {
    decision = std::move(*pending);
  } else if (call.function == Function::rename) {
    decision = do_rename(request);
  } else if (call.function == Function::link) {
    if (auto doubt = doubt_of_link(request)) return answer(ENOSYS, std::move(*doubt));
    // CreateHardLink opens for attributes only, so sharing never refuses it.
    carry_out(request, decision, [&] {
      return ::linkat(from.directory.get(), from.leaf.c_str(), to.directory.get(), to.leaf.c_str(),
                      static_cast<int>(call.flags));
    });
  } else {
    decision = do_removal(request);
  }
  decision.path = from.text;
  decision.destination = to.text;
  return decision;
}

}  // namespace holdfast
