// The lock that all who share a file take before they change it: a file beside it that is never deleted.
//
// Beside it, because a lock on the file itself is lost with the first rename over it; never deleted,
// because two processes could then each hold a lock on a file of that name. The kernel releases it when
// its holder dies.
//
// POSIX: open-file-description locks (fcntl F_OFD_SETLK) on bytes of the lock file, on a descriptor opened
// for each acquisition. Not flock: it knows one lock a file, and waiting in line needs more. Not F_SETLK:
// that is lost when any thread of the process closes any descriptor of the file. Not a descriptor kept open:
// a fork would share it, lock and all.
//
//   byte 0                the lock
//   bytes 1 … 2^60 - 1    tickets: who waits locks the byte of its number, which is above all that are taken
//   content, byte 0       'w' while the holder replaces something, '.' otherwise: see left_unfinished()
//   content, bytes 8–31   hints for those who wait: the last number given, when a turn ended last (in ns on
//                         CLOCK_MONOTONIC), how long one takes (ns); wrong ones cost time and nothing else
//
// Whoever finds no lower ticket locked is first in line and tries the lock often. The others know how many
// are before them and how long a turn takes, and sleep half of that, so each looks a dozen times, however
// long the line: when all slept by the time of their arrival alone, a thousand that came at once took both
// processors. A waiter that dies drops its ticket. One that is stopped while first in line is overtaken after
// a moment: tickets order, only byte 0 excludes.
//
// Rejected: a blocking lock, since neither a deadline nor a request to stop can end it without
// signals or threads; plain polling, since whoever released the lock last gets it first and others starve;
// futexes in a mapping of the file, since a truncation by anybody kills its users (SIGBUS).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>

#include "core/base/result.h"

namespace holdfast {

// How to wait. `sleep` returns false when the caller wants to stop.
struct LockWait {
  std::chrono::nanoseconds timeout;
  const std::function<bool(std::chrono::nanoseconds)>& sleep;
  const std::function<std::int64_t()>& now_ns;
};

// Held from acquire() until it is destroyed. A fork while it is held shares it until the child execs or ends.
class SidecarLock {
 public:
  // Creates the lock file if need be. Code::timed_out, Code::cancelled.
  static Result<SidecarLock> acquire(const std::filesystem::path& lock_file, const LockWait& wait);

  SidecarLock(SidecarLock&& other) noexcept
      : handle_(std::exchange(other.handle_, -1)),
        left_unfinished_(other.left_unfinished_),
        in_line_(other.in_line_),
        turn_began_ns_(other.turn_began_ns_),
        turn_before_ns_(other.turn_before_ns_) {}
  SidecarLock& operator=(SidecarLock&&) = delete;
  SidecarLock(const SidecarLock&) = delete;
  SidecarLock& operator=(const SidecarLock&) = delete;
  ~SidecarLock();

  // Whether an earlier holder died, or gave up, between mark_unfinished() and mark_finished(): it may have
  // left temporary files. Best effort, not flushed: a power cut can forget it.
  [[nodiscard]] bool left_unfinished() const { return left_unfinished_; }
  void mark_unfinished();
  void mark_finished();

 private:
  explicit SidecarLock(std::intptr_t handle) : handle_(handle) {}

  std::intptr_t handle_;
  bool left_unfinished_ = false;
  bool in_line_ = false;             // it waited: then, for those who wait behind it,
  std::int64_t turn_began_ns_ = 0;   // when the holder before let go,
  std::int64_t turn_before_ns_ = 0;  // and how long a turn took until then
};

// How long somebody in line sleeps before looking again. Pure, for the tests: `ahead` is how many are before
// it, 0 for the first itself, who has been first for `first_since`; `turn` is how long each takes.
std::chrono::nanoseconds line_pause(std::uint64_t ahead, std::chrono::nanoseconds turn,
                                    std::chrono::nanoseconds first_since);

// What a turn is taken to last, once one of `measured` ended: shorter at once, longer by steps, since a
// single long one says little about the next.
std::chrono::nanoseconds line_turn(std::chrono::nanoseconds before, std::chrono::nanoseconds measured);

}  // namespace holdfast
