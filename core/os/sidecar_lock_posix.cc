#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "core/base/clock.h"
#include "core/os/os_error.h"
#include "core/os/sidecar_lock.h"

namespace holdfast {
namespace {

using std::chrono::nanoseconds;

constexpr off_t lock_byte = 0;
constexpr off_t first_ticket = 1;
constexpr off_t ticket_limit = off_t{1} << 60U;  // 36 years of uptime; higher bytes are left to others

constexpr char unfinished_mark = 'w';
constexpr char finished_mark = '.';

// Created only where it is not there: in a sticky directory (/tmp) Linux refuses O_CREAT for a file that is
// there and belongs to somebody else, even to root (fs.protected_regular).
int open_lock_file(const std::filesystem::path& path) {
  constexpr int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
  for (;;) {
    int descriptor = ::open(path.c_str(), flags);
    if (descriptor < 0 && errno == ENOENT) descriptor = ::open(path.c_str(), flags | O_CREAT | O_EXCL, 0666);
    // EEXIST: another process was quicker to create it.
    if (descriptor >= 0 || (errno != EINTR && errno != EEXIST)) return descriptor;
  }
}

// Told at one try: a lock was taken, or it is held, or the system failed.
enum class LockTry { taken, held, failed };

struct flock byte_range(short type, off_t begin, off_t length) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = begin;
  range.l_len = length;
  return range;
}

// A lock file opened for one acquisition; closing it drops the ticket and the lock.
class LockLine {
 public:
  explicit LockLine(int descriptor) : descriptor_(descriptor) {}
  LockLine(const LockLine&) = delete;
  LockLine& operator=(const LockLine&) = delete;
  ~LockLine() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int release() { return std::exchange(descriptor_, -1); }

  LockTry try_byte(off_t byte) {
    struct flock range = byte_range(F_WRLCK, byte, 1);
    if (::fcntl(descriptor_, F_OFD_SETLK, &range) == 0) return LockTry::taken;
    return errno == EAGAIN || errno == EACCES || errno == EINTR ? LockTry::held : LockTry::failed;
  }

  // The ticket of somebody in [first_ticket, before); the kernel keeps locks in order of arrival, so of the
  // first.
  std::optional<off_t> first_in_line(off_t before) {
    if (before <= first_ticket) return {};
    struct flock range = byte_range(F_WRLCK, first_ticket, before - first_ticket);
    if (::fcntl(descriptor_, F_OFD_GETLK, &range) != 0 || range.l_type == F_UNLCK) return {};
    return range.l_start;
  }

  LockTry take_ticket() {
    const auto now =
        static_cast<off_t>(std::clamp<std::int64_t>(monotonic_ns(), first_ticket, ticket_limit / 2));
    for (ticket_ = now; ticket_ < ticket_limit; ++ticket_) {
      if (const LockTry tried = try_byte(ticket_); tried != LockTry::held) return tried;
    }
    return LockTry::failed;
  }

  void drop_ticket() {
    struct flock range = byte_range(F_UNLCK, ticket_, 1);
    ::fcntl(descriptor_, F_OFD_SETLK, &range);
  }

  [[nodiscard]] off_t ticket() const { return ticket_; }

 private:
  int descriptor_;
  off_t ticket_ = 0;
};

// How long the same waiter may stand first in line before it is taken for stopped and overtaken.
constexpr nanoseconds patience = std::chrono::milliseconds(20);

// Waits in line until the lock is taken. Everything decided here is from what the kernel answers just now.
Result<> wait_in_line(LockLine& line, const std::filesystem::path& lock_file, const LockWait& wait,
                      std::int64_t begun_ns) {
  if (line.take_ticket() == LockTry::failed) return fail(file_error(FileCall::lock, errno, lock_file));
  std::optional<off_t> first;
  std::int64_t first_since_ns = monotonic_ns();
  for (;;) {
    const std::optional<off_t> seen = line.first_in_line(line.ticket());
    if (seen != first) first_since_ns = monotonic_ns();
    first = seen;
    const nanoseconds first_since(monotonic_ns() - first_since_ns);
    if (!first || first_since > patience) {
      const LockTry tried = line.try_byte(lock_byte);
      if (tried == LockTry::failed) return fail(file_error(FileCall::lock, errno, lock_file));
      if (tried == LockTry::taken) {
        line.drop_ticket();
        return {};
      }
    }
    const nanoseconds left = wait.timeout - nanoseconds(wait.now_ns() - begun_ns);
    if (left <= nanoseconds::zero()) {
      return fail(
          Code::timed_out,
          fmt::format("lock \"{}\": still held by another process after {} ms; nothing was done (fuser or "
                      "lsof names those who have it open)",
                      lock_file.string(),
                      std::chrono::duration_cast<std::chrono::milliseconds>(wait.timeout).count()));
    }
    const nanoseconds behind = first ? nanoseconds(line.ticket() - *first) : nanoseconds::zero();
    if (!wait.sleep(std::min(left, line_pause(behind, first_since)))) {
      return fail(Code::cancelled,
                  fmt::format("lock \"{}\": stopped while waiting; nothing was done", lock_file.string()));
    }
  }
}

}  // namespace

nanoseconds line_pause(nanoseconds behind, nanoseconds first_since) {
  constexpr nanoseconds shortest = std::chrono::microseconds(20);
  constexpr nanoseconds longest_first = std::chrono::milliseconds(2);
  constexpr nanoseconds shortest_behind = std::chrono::microseconds(100);
  constexpr nanoseconds longest_behind = std::chrono::milliseconds(25);
  if (behind <= nanoseconds::zero()) return std::clamp(first_since / 8, shortest, longest_first);
  return std::clamp(behind / 2, shortest_behind, longest_behind);
}

Result<SidecarLock> SidecarLock::acquire(const std::filesystem::path& lock_file, const LockWait& wait) {
  const std::int64_t begun_ns = wait.now_ns();
  const int descriptor = open_lock_file(lock_file);
  if (descriptor < 0) return fail(file_error(FileCall::lock, errno, lock_file));
  LockLine line(descriptor);

  // Whoever comes while others wait stands in line, even if the lock is free this moment: its releaser, who
  // is awake already, would win every time.
  LockTry tried = LockTry::held;
  if (!line.first_in_line(ticket_limit)) tried = line.try_byte(lock_byte);
  if (tried == LockTry::failed) return fail(file_error(FileCall::lock, errno, lock_file));
  if (tried == LockTry::held) {
    if (auto waited = wait_in_line(line, lock_file, wait, begun_ns); !waited) {
      return fail(std::move(waited.error()));
    }
  }
  SidecarLock lock(line.release());
  char mark = finished_mark;
  lock.left_unfinished_ = ::pread(descriptor, &mark, 1, 0) == 1 && mark == unfinished_mark;
  return lock;
}

SidecarLock::~SidecarLock() {
  if (handle_ < 0) return;
  const int descriptor = static_cast<int>(handle_);
  // Said, not left to close(): a child forked in between would keep the lock alive with its copy.
  struct flock everything = byte_range(F_UNLCK, 0, 0);
  ::fcntl(descriptor, F_OFD_SETLK, &everything);
  ::close(descriptor);
}

// Failures are ignored: the mark only spares others a look at the directory.
void SidecarLock::mark_unfinished() {
  if (::pwrite(static_cast<int>(handle_), &unfinished_mark, 1, 0) != 1) left_unfinished_ = true;
}

void SidecarLock::mark_finished() {
  if (::pwrite(static_cast<int>(handle_), &finished_mark, 1, 0) == 1) left_unfinished_ = false;
}

}  // namespace holdfast
