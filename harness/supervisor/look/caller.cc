#include "harness/supervisor/look/caller.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "harness/linux/proc.h"
#include "harness/linux/proc_path.h"

namespace holdfast {
namespace {

// What must be equal for the supervisor to act in a caller's place.
struct Identity {
  std::string user, group, groups, capabilities;
  std::string label;  // of the security module, if there is one
  ino_t user_namespace = 0, mount_namespace = 0;
  dev_t root_device = 0;
  ino_t root_inode = 0;
  pid_t process = 0, parent = 0;
};

std::string status_field(std::string_view status, std::string_view name) {
  const auto at = status.find(name);
  if (at == std::string_view::npos) return {};
  const auto begin = at + name.size();
  return std::string(status.substr(begin, status.find('\n', begin) - begin));
}

pid_t parse_pid(std::string_view text) {
  const auto digit = text.find_first_of("0123456789");
  pid_t pid = 0;
  if (digit != std::string_view::npos) std::from_chars(text.data() + digit, text.data() + text.size(), pid);
  return pid;
}

ino_t inode_of(int proc, const char* name) {
  struct stat st {};
  return ::fstatat(proc, name, &st, 0) == 0 ? st.st_ino : 0;
}

std::optional<Identity> identity_of(int proc) {
  const std::string status = read_proc_file(proc, "status");
  if (status.empty()) return std::nullopt;
  Identity identity;
  identity.user = status_field(status, "\nUid:");
  identity.group = status_field(status, "\nGid:");
  identity.groups = status_field(status, "\nGroups:");
  identity.capabilities = status_field(status, "\nCapEff:");
  identity.process = parse_pid(status_field(status, "\nTgid:"));
  identity.parent = parse_pid(status_field(status, "\nPPid:"));
  identity.label = read_proc_file(proc, "attr/current");
  identity.user_namespace = inode_of(proc, "ns/user");
  identity.mount_namespace = inode_of(proc, "ns/mnt");
  struct stat root {};
  if (::fstatat(proc, "root", &root, 0) == 0) {
    identity.root_device = root.st_dev;
    identity.root_inode = root.st_ino;
  }
  return identity;
}

std::string difference_between(const Identity& caller, const Identity& own) {
  if (caller.user_namespace != own.user_namespace) return "another user namespace";
  if (caller.user != own.user) return "another user";
  if (caller.group != own.group || caller.groups != own.groups) return "other groups";
  if (caller.capabilities != own.capabilities) return "other capabilities";
  if (caller.label != own.label) return "another security label";
  return {};
}

const Identity& own_identity() {
  static const Identity identity = [] {
    const Descriptor proc(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
    return identity_of(proc.get()).value_or(Identity{});
  }();
  return identity;
}

bool has_our_view(const Identity& identity) {
  const Identity& own = own_identity();
  return identity.mount_namespace == own.mount_namespace && identity.root_device == own.root_device &&
         identity.root_inode == own.root_inode;
}

// "/proc/self" and "/dev/fd" mean the caller, not the supervisor: what stands behind them, from the caller's /proc on.
std::optional<std::string> below_own_proc(const std::string& path) {
  for (const std::string_view own : {"/proc/self/", "/proc/thread-self/"}) {
    if (path.starts_with(own)) return path.substr(own.size());
  }
  if (path.starts_with("/dev/fd/")) return "fd/" + path.substr(8);
  return std::nullopt;
}

// "cwd", "root", "fd/7" at the beginning of such a path: its length, if more follows; else 0.
std::size_t magic_link_length(std::string_view path) {
  std::size_t length = 0;
  for (const std::string_view link : {"cwd", "root"}) {
    if (path.starts_with(link)) length = link.size();
  }
  if (path.starts_with("fd/")) length = std::min(path.find_first_not_of("0123456789", 3), path.size());
  const bool ends_there = length < path.size() && path[length] == '/';
  return ends_there && path.find_first_not_of('/', length) != path.npos ? length : 0;
}

Doubt resource_doubt(const std::string& path) {
  return {DoubtKind::no_resources, fmt::format("{} could not be decided: {}; raise the limit (ulimit -n)",
                                               path, std::strerror(errno))};
}

int open_directory(const PathStart& start, const char* path, bool through_magic_links) {
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = start.resolve;
  if (through_magic_links) how.resolve &= ~std::uint64_t{RESOLVE_NO_MAGICLINKS};
  return static_cast<int>(::syscall(SYS_openat2, start.at(), path, &how, sizeof how));
}

// Sets leaf and name; returns what stands before them, with its last slash.
std::string split_off_leaf(const std::string& path, ResolvedPath& out) {
  const auto last = path.find_last_not_of('/');
  if (last == std::string::npos) {  // "/" and the like: no last component
    out.leaf = out.name = ".";
    return "/";
  }
  const auto slash = path.rfind('/', last);
  const auto begin = slash == std::string::npos ? 0 : slash + 1;
  out.leaf = path.substr(begin);
  out.name = path.substr(begin, last + 1 - begin);
  return path.substr(0, begin);
}

std::string text_of(const ResolvedPath& path) {
  return path.directory_text == "/" ? "/" + path.leaf : path.directory_text + "/" + path.leaf;
}

}  // namespace

std::optional<Participant> nearest_participant(const Participants& participants, pid_t process) {
  constexpr int most_ancestors = 16;
  for (int i = 0; i <= most_ancestors && process > 1; ++i) {
    if (auto found = participants.find(process)) return found;
    const Descriptor proc = open_process(process);
    if (!proc) break;
    process = read_process_stat(proc.get()).parent;
  }
  return std::nullopt;
}

Callers::Callers(const Participants& participants) : participants_(participants) {
  own_identity();
  // A remembered caller costs two descriptors; half of them are left for deciding and for everybody else.
  constexpr rlim_t enough = 4096;
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  most_remembered_ = static_cast<std::size_t>(std::min(enough, descriptors.rlim_cur / 4));
}

const Caller* Callers::find(pid_t thread) {
  auto found = known_.find(thread);
  if (found != known_.end() && found->second.epoch == epoch_) {
    // The descriptor is bound to the very task: this fails if the number was given to another one since.
    if (::faccessat(found->second.proc.get(), "cwd", F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
        runs_the_same_program(found->second)) {
      recognise(found->second);
      return &found->second;
    }
  }
  if (found != known_.end()) known_.erase(found);
  if (known_.size() >= most_remembered_) known_.clear();

  Caller caller;
  caller.thread = thread;
  caller.epoch = epoch_;
  caller.proc = open_process(thread);
  if (!caller.proc) return nullptr;
  // Before it is looked at: what is read then is of this program or a later one.
  caller.memory = Descriptor(::openat(caller.proc.get(), "mem", O_RDONLY | O_CLOEXEC));
  const auto identity = identity_of(caller.proc.get());
  if (!identity) return nullptr;
  caller.process = identity->process;
  caller.parent = identity->parent;
  caller.difference = difference_between(*identity, own_identity());
  caller.same_identity = caller.difference.empty();
  caller.same_view = has_our_view(*identity);
  caller.participants_version = participants_.version();
  caller.participant = nearest_participant(participants_, caller.process);
  return &known_.insert_or_assign(thread, std::move(caller)).first->second;
}

// The memory that was opened is that of the old program: when the last of its users is gone, nothing is read (mem_rw() in
// fs/proc/base.c); while it is there, address 0 is an error.
bool runs_the_same_program(const Caller& caller) {
  char byte = 0;
  return caller.memory && ::pread(caller.memory.get(), &byte, 1, 0) != 0;
}

std::string differs_now(const Caller& caller) {
  if (!caller.difference.empty() || runs_the_same_program(caller)) return caller.difference;
  // Its memory may not be opened: then everything is read again.
  const auto identity = identity_of(caller.proc.get());
  if (!identity) return "ended";
  std::string difference = difference_between(*identity, own_identity());
  if (!difference.empty()) return difference;
  return has_our_view(*identity) == caller.same_view ? "" : "another root than it had";
}

// A process may make its first call before anybody has told that it takes part.
void Callers::recognise(Caller& caller) const {
  const std::uint64_t version = participants_.version();
  if (caller.participants_version == version) return;
  caller.participants_version = version;
  caller.participant = nearest_participant(participants_, caller.process);
}

bool read_memory(pid_t thread, std::uint64_t address, void* to, std::size_t bytes) {
  const iovec local{to, bytes};
  const iovec remote{reinterpret_cast<void*>(address), bytes};  // NOLINT(performance-no-int-to-ptr)
  return ::process_vm_readv(thread, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes);
}

mode_t umask_of(const Caller& caller) {
  const std::string mask = status_field(read_proc_file(caller.proc.get(), "status"), "\nUmask:");
  return mask.empty() ? 022 : static_cast<mode_t>(std::strtoul(mask.c_str(), nullptr, 8));
}

std::string path_of(int descriptor) {
  std::array<char, PATH_MAX> buffer;
  const ssize_t length = ::readlink(own_descriptor_path(descriptor).data(), buffer.data(), buffer.size());
  return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string("?");
}

ReadPath read_path(pid_t thread, std::uint64_t address) {
  // By pages: the string may end right before memory that is not there.
  constexpr std::uint64_t page = 4096;
  ReadPath result;
  std::array<char, page> buffer;
  while (result.path.size() < PATH_MAX) {
    const std::uint64_t wanted = page - address % page;
    const iovec local{buffer.data(), wanted};
    const iovec remote{reinterpret_cast<void*>(address), wanted};  // NOLINT(performance-no-int-to-ptr)
    const ssize_t got = ::process_vm_readv(thread, &local, 1, &remote, 1, 0);
    if (got <= 0) {
      result.error = errno == EFAULT || got == 0 ? EFAULT : errno;
      return result;
    }
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
    const auto end = piece.find('\0');
    result.path.append(piece.substr(0, end));
    if (end != std::string_view::npos) {
      if (result.path.size() >= PATH_MAX) break;
      return result;
    }
    address += static_cast<std::uint64_t>(got);
  }
  result.error = ENAMETOOLONG;
  return result;
}

int PathStart::at() const {
  return base ? base.get() : AT_FDCWD;
}

std::optional<PathError> start_path(const Caller& caller, int directory, const std::string& path,
                                    PathStart& out, std::uint64_t resolve) {
  if (path.empty()) return PathError{ENOENT, {}};
  // Even an absolute path begins in the directory then.
  const bool confined = (resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0;
  const auto own = caller.same_view && !confined ? below_own_proc(path) : std::nullopt;
  const std::size_t link = own ? magic_link_length(*own) : 0;
  if (link != 0) {
    // The one link of the kernel's that is meant is followed as the caller's; another one on the way would be ours.
    out.base = Descriptor(::openat(caller.proc.get(), own->substr(0, link).c_str(), O_PATH | O_CLOEXEC));
    if (!out.base)
      return out_of_resources(errno) ? PathError{ENOSYS, resource_doubt(path)} : PathError{errno, {}};
    out.path = own->substr(own->find_first_not_of('/', link));
    out.resolve = resolve | RESOLVE_NO_MAGICLINKS;
    return std::nullopt;
  }
  out.path = own ? fmt::format("/proc/{}/{}", caller.thread, *own) : path;
  const bool is_link_itself = own && std::count(own->begin(), own->end(), '/') <= 1;
  out.resolve = resolve | (is_link_itself ? 0 : RESOLVE_NO_MAGICLINKS);
  const bool absolute = out.path.front() == '/' && !confined;
  if (absolute && caller.same_view) return std::nullopt;
  // To a caller with another root, "/" and links that begin with it lead there, and ".." ends there.
  if (!caller.same_view) out.resolve |= absolute ? RESOLVE_IN_ROOT : RESOLVE_BENEATH;
  const auto entry = absolute                ? ProcPath{'r', 'o', 'o', 't'}
                     : directory == AT_FDCWD ? ProcPath{'c', 'w', 'd'}
                                             : descriptor_entry(directory);
  out.base = Descriptor(::openat(caller.proc.get(), entry.data(), O_PATH | O_CLOEXEC));
  if (out.base) return std::nullopt;
  if (out_of_resources(errno)) return PathError{ENOSYS, resource_doubt(path)};
  return PathError{absolute || directory == AT_FDCWD ? errno : EBADF, {}};
}

Descriptor open_from(const PathStart& start, std::uint64_t flags, std::uint64_t mode) {
  open_how how{};
  how.flags = flags;
  how.mode = mode;
  how.resolve = start.resolve;
  return Descriptor(
      static_cast<int>(::syscall(SYS_openat2, start.at(), start.path.c_str(), &how, sizeof how)));
}

std::optional<PathError> resolve(const Caller& caller, int directory, const std::string& path,
                                 ResolvedPath& out, std::uint64_t resolve) {
  PathStart start;
  if (auto error = start_path(caller, directory, path, start, resolve)) return error;
  out.directory_text = split_off_leaf(start.path, out);

  const char* before = out.directory_text.empty() ? "." : out.directory_text.c_str();
  out.directory = Descriptor(open_directory(start, before, false));
  if (!out.directory) {
    const int error = errno;
    if (out_of_resources(error)) return PathError{ENOSYS, resource_doubt(path)};
    if (error == ELOOP && Descriptor(open_directory(start, before, true))) {
      return PathError{
          ELOOP,
          Doubt{DoubtKind::proc_link,
                fmt::format("a path through a link in /proc cannot be followed as process {} sees it: {}",
                            caller.process, path)}};
    }
    if (error == EXDEV && !caller.same_view) {
      return PathError{ENOSYS,
                       Doubt{DoubtKind::other_root,
                             fmt::format("process {} has another root directory or mount namespace, and its "
                                         "path {} cannot be followed as it sees it",
                                         caller.process, path)}};
    }
    return PathError{error, {}};
  }
  out.directory_text = path_of(out.directory.get());
  out.text = text_of(out);
  return std::nullopt;
}

bool resolve_beside(const ResolvedPath& sibling, const PathAt& sibling_at, const PathAt& at,
                    ResolvedPath& out) {
  ResolvedPath unused;
  const std::string directory = split_off_leaf(at.path, out);
  const bool same_start = sibling_at.directory == at.directory || directory.starts_with('/');
  if (!same_start || out.leaf.empty() || directory == "/" ||
      split_off_leaf(sibling_at.path, unused) != directory)
    return false;
  out.directory = Descriptor(::fcntl(sibling.directory.get(), F_DUPFD_CLOEXEC, 0));
  if (!out.directory) return false;
  out.directory_text = sibling.directory_text;
  out.text = text_of(out);
  return true;
}

}  // namespace holdfast
