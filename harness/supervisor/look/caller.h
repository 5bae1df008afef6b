// Who made a trapped call, and what its paths mean as that process sees them.
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
  Descriptor memory;  // /proc/TID/mem, of the program that it ran when it was looked at
  pid_t thread = 0;
  pid_t process = 0;  // thread group
  pid_t parent = 0;
  bool same_identity = false;  // user, groups, capabilities and user namespace are the supervisor's own
  bool same_view = false;      // root and mount namespace are: its paths mean the same to both
  std::string difference;      // of the identity, for people
  std::uint64_t epoch = 0;
  std::optional<Participant> participant;  // itself or its nearest ancestor that takes part
  std::uint64_t participants_version = 0;  // as of then
};

// Itself or its nearest ancestor that takes part: a program that an agent starts acts for that agent.
std::optional<Participant> nearest_participant(const Participants& participants, pid_t process);

// A path as the kernel takes it: a directory and the last component.
struct ResolvedPath {
  Descriptor directory;
  std::string leaf;  // with trailing slashes, if the caller wrote any
  std::string name;  // the leaf without them
  std::string text;  // absolute, for people
  std::string directory_text;
  // "." and "..": no name that anything could be renamed to or removed by.
  [[nodiscard]] bool is_dots() const { return name == "." || name == ".."; }
};

// An errno that the caller is to be answered, or what makes the call undecidable (`doubt`).
struct PathError {
  int error = 0;
  std::optional<Doubt> doubt;
};

// Whether it runs the program that it ran when it was looked at. An exec, or that of another of its threads, changes who a
// thread is without a call that is trapped; everything else that does is trapped. False where that cannot be told.
bool runs_the_same_program(const Caller& caller);

// What keeps the supervisor from acting in the caller's place; empty: nothing does.
std::string differs_now(const Caller& caller);

// Remembers callers: looking at /proc costs more than deciding. One thread.
class Callers {
 public:
  explicit Callers(const Participants& participants);

  // None if the thread is gone or cannot be looked at. The pointer holds until the next call of find().
  const Caller* find(pid_t thread);

  // Some process is about to change who it is: look at everyone again.
  void identities_may_change() { ++epoch_; }

 private:
  void recognise(Caller& caller) const;

  const Participants& participants_;
  std::size_t most_remembered_;
  std::unordered_map<pid_t, Caller> known_;
  std::uint64_t epoch_ = 0;
};

// Copies from a thread's memory; false if not all of it can be read.
bool read_memory(pid_t thread, std::uint64_t address, void* to, std::size_t bytes);

// The NUL-terminated string at `address` of `thread`; error EFAULT or ENAMETOOLONG are the caller's fault,
// any other is ours (EPERM: Yama or a container forbids reading).
struct ReadPath {
  int error = 0;
  std::string path;
};
ReadPath read_path(pid_t thread, std::uint64_t address);

// Where the walk along a path begins, for openat2() by the supervisor in the caller's place. `resolve`: what the caller
// asks of openat2() itself.
struct PathStart {
  Descriptor base;
  std::string path;
  std::uint64_t resolve =
      0;  // RESOLVE_*: the caller's, and those that keep the walk where the caller's would be
  [[nodiscard]] int at() const;
};
std::optional<PathError> start_path(const Caller& caller, int directory, const std::string& path,
                                    PathStart& out, std::uint64_t resolve = 0);

mode_t umask_of(const Caller& caller);

// The path of what a descriptor of ours refers to; "?" if it is longer than PATH_MAX.
std::string path_of(int descriptor);

// Splits off the last component and opens the directory before it, in the caller's view.
std::optional<PathError> resolve(const Caller& caller, int directory, const std::string& path,
                                 ResolvedPath& out, std::uint64_t resolve = 0);

// The same for a path whose directory is written like that of one that was resolved just before: it is opened
// once, which is most of the work. False: it is not, and resolve() has to do it.
struct PathAt {
  int directory;  // as the caller numbers it
  const std::string& path;
};
bool resolve_beside(const ResolvedPath& sibling, const PathAt& sibling_at, const PathAt& at,
                    ResolvedPath& out);

}  // namespace holdfast
