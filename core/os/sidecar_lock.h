// The lock that all processes sharing a file take before they change it: a file beside it that is never deleted.
//
// Beside it, because a lock on the file itself is lost with the first rename over it; never deleted, because
// otherwise two processes could each hold a lock on a file of that name. The kernel releases it when its holder dies.
//
// POSIX: open-file-description locks (fcntl F_OFD_SETLK) on bytes of the lock file, on a descriptor opened for each
// acquisition. Not flock: it has one lock per file, and waiting in line needs more. Not F_SETLK: that lock is lost
// when any thread of the process closes any descriptor of the file. Not a descriptor kept open: a fork would share
// it, lock included.
//
//   byte 0                the lock
//   bytes 1 … 2^60 - 1    tickets: a waiter locks the byte of its number, which is above all taken ones
//   content, byte 0       'w' while the holder replaces something, '.' otherwise: see left_unfinished()
//   content, bytes 8–31   hints for waiters: the last number given, when the last turn ended (in ns on
//                         CLOCK_MONOTONIC), how long one takes (ns); wrong ones cost time and nothing else
//
// A waiter that finds no lower ticket locked is first in line and tries the lock often. The others know how many are
// ahead and how long a turn takes, and sleep half of that time, so each looks about a dozen times, however long the
// line. (When sleep depended on arrival time alone, a thousand simultaneous waiters took both processors.) A waiter
// that dies drops its ticket. One that is stopped while first in line is soon overtaken: tickets only order, byte 0
// excludes.
//
// Rejected: a blocking lock, since neither a deadline nor a request to stop can end it without signals or threads;
// plain polling, since the process that released the lock last tends to get it first while others starve; futexes in
// a mapping of the file, since a truncation by any process kills its users (SIGBUS).
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
  bool in_line_ = false;             // it waited; then, for the waiters behind it:
  std::int64_t turn_began_ns_ = 0;   // when the previous holder released it,
  std::int64_t turn_before_ns_ = 0;  // and the previous estimate of a turn
};

// How long a waiter sleeps before looking again. Pure, for the tests: `ahead` is the number of waiters ahead, 0 for
// the first, which has been first for `first_since`; `turn` is how long each takes.
std::chrono::nanoseconds line_pause(std::uint64_t ahead, std::chrono::nanoseconds turn,
                                    std::chrono::nanoseconds first_since);

// The new estimate of a turn after one that took `measured`: it shrinks at once and grows in steps, since a single
// long turn says little about the next.
std::chrono::nanoseconds line_turn(std::chrono::nanoseconds before, std::chrono::nanoseconds measured);

}  // namespace holdfast
