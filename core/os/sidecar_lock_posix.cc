#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
constexpr off_t ticket_limit = off_t{1} << 60U;  // higher bytes are left to others

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

// What is written in the lock file beside the mark. Its readers must cope with garbage.
struct LineHints {
  std::int64_t last_number = 0;
  std::int64_t turn_ended_ns = 0;
  std::int64_t turn_ns = 0;
};
constexpr off_t hints_at = 8;
constexpr off_t turn_at = hints_at + static_cast<off_t>(sizeof(std::int64_t));

LineHints read_hints(int descriptor) {
  LineHints hints;
  static_cast<void>(!::pread(descriptor, &hints, sizeof hints, hints_at));  // what is not there yet stays 0
  hints.turn_ended_ns = std::max<std::int64_t>(hints.turn_ended_ns, 0);
  return hints;
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

  [[nodiscard]] bool is_held(off_t byte) const {
    struct flock range = byte_range(F_WRLCK, byte, 1);
    return ::fcntl(descriptor_, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
  }

  // The ticket of somebody in [from, before); the kernel keeps locks in order of arrival, so of the first.
  [[nodiscard]] std::optional<off_t> first_in_line(off_t from, off_t before) const {
    if (before <= from) return {};
    struct flock range = byte_range(F_WRLCK, from, before - from);
    if (::fcntl(descriptor_, F_OFD_GETLK, &range) != 0 || range.l_type == F_UNLCK) return {};
    return range.l_start;
  }

  // The next number that nobody has, with nobody above it.
  LockTry take_ticket() {
    const std::int64_t last = read_hints(descriptor_).last_number;
    ticket_ = last >= first_ticket && last < ticket_limit / 2 ? last + 1 : first_ticket;
    while (ticket_ < ticket_limit) {
      if (const auto above = first_in_line(ticket_, ticket_limit)) {
        ticket_ = *above + 1;
        continue;
      }
      const LockTry tried = try_byte(ticket_);
      if (tried == LockTry::held) continue;
      const std::int64_t number = ticket_;
      // A failure is ignored: the next one finds its number by the locks.
      if (tried == LockTry::taken) {
        static_cast<void>(!::pwrite(descriptor_, &number, sizeof number, hints_at));
      }
      return tried;
    }
    return LockTry::failed;
  }

  void drop_ticket() {
    struct flock range = byte_range(F_UNLCK, ticket_, 1);
    ::fcntl(descriptor_, F_OFD_SETLK, &range);
  }

  [[nodiscard]] off_t ticket() const { return ticket_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  off_t ticket_ = 0;
};

// How long the lock may be free and the same waiter first in line before it is taken for
// stopped and overtaken.
constexpr nanoseconds patience = std::chrono::milliseconds(20);

// Waits in line until the lock is taken. Everything decided here is from what the kernel answers just now.
Result<> wait_in_line(LockLine& line, const std::filesystem::path& lock_file, const LockWait& wait,
                      std::int64_t begun_ns) {
  if (line.take_ticket() == LockTry::failed) return fail(file_error(FileCall::lock, errno, lock_file));
  std::optional<off_t> first;
  std::int64_t first_since_ns = monotonic_ns();  // for others than the first: and the lock has been free
  for (;;) {
    const std::optional<off_t> seen = line.first_in_line(first_ticket, line.ticket());
    const bool busy = seen && line.is_held(lock_byte);
    if (seen != first || busy) first_since_ns = monotonic_ns();
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
    const std::uint64_t ahead = first ? static_cast<std::uint64_t>(line.ticket() - *first) : 0;
    const nanoseconds turn(read_hints(line.descriptor()).turn_ns);
    nanoseconds pause = line_pause(ahead, turn, first_since);
    if (first && !busy) pause = std::min(pause, patience);  // is the first one stopped?
    if (!wait.sleep(std::min(left, pause))) {
      return fail(Code::cancelled,
                  fmt::format("lock \"{}\": stopped while waiting; nothing was done", lock_file.string()));
    }
  }
}

}  // namespace

// A turn with a wake-up in it takes no less.
constexpr nanoseconds shortest_turn = std::chrono::microseconds(50);

nanoseconds line_pause(std::uint64_t ahead, nanoseconds turn, nanoseconds first_since) {
  constexpr nanoseconds shortest = std::chrono::microseconds(20);
  constexpr nanoseconds longest_first = std::chrono::milliseconds(2);
  constexpr nanoseconds shortest_behind = std::chrono::microseconds(100);
  constexpr nanoseconds longest_behind = std::chrono::milliseconds(200);
  if (ahead == 0) return std::clamp(first_since / 8, shortest, longest_first);
  turn = std::clamp(turn, shortest_turn, 2 * longest_behind);
  const auto most_turns = static_cast<std::uint64_t>(2 * longest_behind / turn);
  if (ahead > most_turns) return longest_behind;
  return std::clamp(turn * static_cast<std::int64_t>(ahead) / 2, shortest_behind, longest_behind);
}

nanoseconds line_turn(nanoseconds before, nanoseconds measured) {
  constexpr nanoseconds longest = std::chrono::seconds(10);
  return std::clamp(measured, shortest_turn, 2 * std::clamp(before, shortest_turn, longest));
}

Result<SidecarLock> SidecarLock::acquire(const std::filesystem::path& lock_file, const LockWait& wait) {
  const std::int64_t begun_ns = wait.now_ns();
  const int descriptor = open_lock_file(lock_file);
  if (descriptor < 0) return fail(file_error(FileCall::lock, errno, lock_file));
  LockLine line(descriptor);

  // A process that comes while others wait gets in line, even if the lock is free right now: its releaser, which is
  // awake already, would win every time.
  LockTry tried = LockTry::held;
  if (!line.first_in_line(first_ticket, ticket_limit)) tried = line.try_byte(lock_byte);
  if (tried == LockTry::failed) return fail(file_error(FileCall::lock, errno, lock_file));
  LineHints hints;
  if (tried == LockTry::held) {
    if (auto waited = wait_in_line(line, lock_file, wait, begun_ns); !waited) {
      return fail(std::move(waited.error()));
    }
    hints = read_hints(descriptor);
  }
  SidecarLock lock(line.release());
  lock.in_line_ = tried == LockTry::held;
  lock.turn_began_ns_ = hints.turn_ended_ns;
  lock.turn_before_ns_ = hints.turn_ns;
  char mark = finished_mark;
  lock.left_unfinished_ = ::pread(descriptor, &mark, 1, 0) == 1 && mark == unfinished_mark;
  return lock;
}

SidecarLock::~SidecarLock() {
  if (handle_ < 0) return;
  const int descriptor = static_cast<int>(handle_);
  if (in_line_) {
    const std::int64_t now_ns = monotonic_ns();
    const nanoseconds turn = line_turn(nanoseconds(turn_before_ns_), nanoseconds(now_ns - turn_began_ns_));
    const std::array<std::int64_t, 2> turn_hints{now_ns, turn.count()};
    static_cast<void>(!::pwrite(descriptor, turn_hints.data(), sizeof turn_hints, turn_at));
  }
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
