// Who made a trapped call, and what its paths mean from that process's view.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "harness/history/doubt.h"
#include "harness/linux/descriptor.h"
#include "harness/supervisor/look/participants.h"

namespace holdfast {

struct Caller {
  Descriptor proc;    // /proc/TID
  Descriptor memory;  // /proc/TID/mem, of the program that it ran when it was examined
  pid_t thread = 0;
  pid_t process = 0;  // thread group
  pid_t parent = 0;
  bool same_identity = false;  // user, groups, capabilities and user namespace equal the supervisor's
  bool same_view = false;      // root and mount namespace do: its paths mean the same to both
  std::string difference;      // of the identities, as text
  std::uint64_t epoch = 0;
  std::optional<Participant> participant;  // itself or its nearest participating ancestor
  std::uint64_t participants_version = 0;  // as of then
};

// The process itself or its nearest participating ancestor: a program started by an agent acts for that agent.
std::optional<Participant> nearest_participant(const Participants& participants, pid_t process);

// A path as the kernel takes it: a directory and the last component.
struct ResolvedPath {
  Descriptor directory;
  std::string leaf;  // with trailing slashes, if any
  std::string name;  // the leaf without trailing slashes
  std::string text;  // absolute, for messages
  std::string directory_text;
  // "." or "..": not a name that can be renamed to or removed.
  [[nodiscard]] bool is_dots() const { return name == "." || name == ".."; }
};

// The errno to answer, or why the call cannot be decided (`doubt`).
struct PathError {
  int error = 0;
  std::optional<Doubt> doubt;
};

// Whether the caller still runs the program that it ran when it was examined. An exec, by it or another of its
// threads, changes its identity without a trapped call; every other call that does is trapped. False if unknown.
bool runs_the_same_program(const Caller& caller);

// Why the supervisor must not act in the caller's place; empty if it may.
std::string differs_now(const Caller& caller);

// Caches callers: reading /proc costs more than deciding. One thread.
class Callers {
 public:
  explicit Callers(const Participants& participants);

  // Null if the thread is gone or cannot be examined. The pointer is valid until the next find().
  const Caller* find(pid_t thread);

  // A process is about to change its identity: examine all callers again.
  void identities_may_change() { ++epoch_; }

 private:
  void recognise(Caller& caller) const;

  const Participants& participants_;
  std::size_t most_remembered_;
  std::unordered_map<pid_t, Caller> known_;
  std::uint64_t epoch_ = 0;
};

// Copies from a thread's memory; false unless all of it can be read.
bool read_memory(pid_t thread, std::uint64_t address, void* to, std::size_t bytes);

// The NUL-terminated string at `address` of `thread`; EFAULT and ENAMETOOLONG are the caller's errors, any other is
// ours (EPERM: Yama or a container forbids reading).
struct ReadPath {
  int error = 0;
  std::string path;
};
ReadPath read_path(pid_t thread, std::uint64_t address);

// Where path resolution begins when the supervisor calls openat2() in the caller's place. `resolve`: the caller's own
// flags for openat2().
struct PathStart {
  Descriptor base;
  std::string path;
  std::uint64_t resolve =
      0;  // RESOLVE_*: the caller's, and those that keep resolution where the caller's would be
  [[nodiscard]] int at() const;
};
std::optional<PathError> start_path(const Caller& caller, int directory, const std::string& path,
                                    PathStart& out, std::uint64_t resolve = 0);

// openat2(2) from there.
Descriptor open_from(const PathStart& start, std::uint64_t flags, std::uint64_t mode);

mode_t umask_of(const Caller& caller);

// The path behind one of our descriptors; "?" if longer than PATH_MAX.
std::string path_of(int descriptor);

// Splits off the last component and opens its directory, from the caller's view.
std::optional<PathError> resolve(const Caller& caller, int directory, const std::string& path,
                                 ResolvedPath& out, std::uint64_t resolve = 0);

// A shortcut for a path whose directory is spelled like that of the path resolved just before: reuses that directory,
// which saves most of the work. False: use resolve().
struct PathAt {
  int directory;  // as the caller numbers it
  const std::string& path;
};
bool resolve_beside(const ResolvedPath& sibling, const PathAt& sibling_at, const PathAt& at,
                    ResolvedPath& out);

}  // namespace holdfast
