#include "scenarios/mutants/mutant_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <utility>

#include "core/base/clock.h"
#include "core/retry/retry.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr nanoseconds look_again = milliseconds(1);
constexpr int most_spins = 4;  // time-outs, until it gives up

// Tries until it is so, the time is up, or the caller wants to stop.
template <typename Try>
Result<> try_until(const LockWait& wait, const std::filesystem::path& file, Try taken) {
  const std::int64_t begun_ns = wait.now_ns();
  while (!taken()) {
    if (nanoseconds(wait.now_ns() - begun_ns) >= wait.timeout)
      return fail(Code::timed_out, fmt::format("lock \"{}\": still held by another", file.string()));
    if (!wait.sleep(look_again))
      return fail(Code::cancelled, fmt::format("lock \"{}\": stopped while waiting", file.string()));
  }
  return {};
}

bool take_posix_lock(int descriptor, const std::filesystem::path& file) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(descriptor, F_SETLK, &whole) != 0) return false;
  // Reads in it who held it last, and closes: with that the lock is gone.
  const int second = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  ::close(second);
  return true;
}

// Older than a save takes, somebody thought.
bool looks_stale(const std::filesystem::path& file) {
  constexpr nanoseconds stale_after = milliseconds(30);
  struct stat status {};
  timespec now{};
  if (::stat(file.c_str(), &status) != 0) return false;
  ::clock_gettime(CLOCK_REALTIME, &now);
  const nanoseconds age = std::chrono::seconds(now.tv_sec - status.st_mtim.tv_sec) +
                          nanoseconds(now.tv_nsec - status.st_mtim.tv_nsec);
  return age > stale_after;
}

// Until nobody has saved for a while.
Result<> wait_for_quiet(const LockWait& wait, const std::filesystem::path& queue) {
  constexpr nanoseconds a_while = milliseconds(200);
  return try_until(wait, queue, [&] {
    struct stat status {};
    timespec now{};
    if (::stat(queue.c_str(), &status) != 0) return true;
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::chrono::seconds(now.tv_sec - status.st_mtim.tv_sec) +
               nanoseconds(now.tv_nsec - status.st_mtim.tv_nsec) >
           a_while;
  });
}

bool is_lock_file(PlantedFault fault) {
  return fault == PlantedFault::lock_check_then_create || fault == PlantedFault::stale_lock_stolen ||
         fault == PlantedFault::lock_file_left || fault == PlantedFault::lock_waits_for_ever ||
         fault == PlantedFault::deadline_doubled || fault == PlantedFault::spins_for_lock;
}

}  // namespace

bool locks_well(PlantedFault fault) {
  switch (fault) {
    case PlantedFault::no_lock:
    case PlantedFault::process_mutex:
    case PlantedFault::lock_on_target:
    case PlantedFault::lock_file_unlinked:
    case PlantedFault::lock_shared:
    case PlantedFault::lock_lost_by_close:
    case PlantedFault::lock_check_then_create:
    case PlantedFault::stale_lock_stolen:
    case PlantedFault::lock_timeout_ignored:
    case PlantedFault::lock_released_before_rename:
    case PlantedFault::shared_temp_name:
    case PlantedFault::retry_on_every_error:
      return false;
    default:
      return true;
  }
}

MutantLock::MutantLock(MutantLock&& other) noexcept
    : sidecar_(std::move(other.sidecar_)),
      file_(std::move(other.file_)),
      unlinks_(std::exchange(other.unlinks_, false)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      second_descriptor_(std::exchange(other.second_descriptor_, -1)),
      fault_(other.fault_) {}

Result<MutantLock> MutantLock::acquire(const std::filesystem::path& queue, PlantedFault fault,
                                       const LockWait& wait, unsigned who) {
  MutantLock lock;
  lock.fault_ = fault;
  const auto beside = [&](const char* ending) { return std::filesystem::path(queue.string() + ending); };
  const auto done = [&](Result<> taken) -> Result<MutantLock> {
    if (!taken) return fail(std::move(taken.error()));
    return std::move(lock);
  };
  switch (fault) {
    case PlantedFault::no_lock:
    case PlantedFault::process_mutex:  // a process has one thread here, so it never waits for itself
    case PlantedFault::shared_temp_name:
    case PlantedFault::retry_on_every_error:
      return lock;
    case PlantedFault::lock_on_target:
      lock.file_ = queue;
      return done(lock.take_file_lock(wait));
    case PlantedFault::lock_file_unlinked:
      lock.file_ = beside(".lock");
      lock.unlinks_ = true;
      return done(lock.take_file_lock(wait));
    case PlantedFault::lock_shared:
    case PlantedFault::lock_lost_by_close:
      lock.file_ = beside(".lock");
      return done(lock.take_file_lock(wait));
    default:
      break;
  }
  if (fault == PlantedFault::starves_one && who == 0) {
    if (auto quiet = wait_for_quiet(wait, queue); !quiet) return fail(std::move(quiet.error()));
  }
  if (fault == PlantedFault::deadlock_two_locks) return done(lock.take_two_locks(queue, who));
  if (is_lock_file(fault)) {
    lock.file_ = beside(".lock");
    return done(lock.create_lock_file(wait));
  }
  const bool hurries = fault == PlantedFault::lock_timeout_ignored;
  auto held = SidecarLock::acquire(
      beside(".lock"), {hurries ? nanoseconds(milliseconds(10)) : wait.timeout, wait.sleep, wait.now_ns});
  if (held) {
    lock.sidecar_.emplace(std::move(*held));
  } else if (!hurries || held.error().code != Code::timed_out) {
    return fail(std::move(held.error()));
  }
  return lock;
}

// Opens the file once and locks what it has opened, whatever becomes of the name meanwhile.
Result<> MutantLock::take_file_lock(const LockWait& wait) {
  descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) return fail(Code::failed, fmt::format("open \"{}\"", file_.string()), errno);
  if (fault_ == PlantedFault::lock_lost_by_close)
    return try_until(wait, file_, [&] { return take_posix_lock(descriptor_, file_); });
  const int kind = fault_ == PlantedFault::lock_shared ? LOCK_SH : LOCK_EX;
  auto taken = try_until(wait, file_, [&] { return ::flock(descriptor_, kind | LOCK_NB) == 0; });
  if (!taken) unlinks_ = false;
  return taken;
}

// Of the index and of the data, say; the first process in one line may be second in the other.
Result<> MutantLock::take_two_locks(const std::filesystem::path& queue, unsigned who) {
  const bool other_way_round = who % 2 != 0;
  for (const bool second : {other_way_round, !other_way_round}) {
    int& descriptor = second ? second_descriptor_ : descriptor_;
    const std::string name = queue.string() + (second ? ".lock2" : ".lock");
    descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) return fail(Code::failed, fmt::format("open \"{}\"", name), errno);
    while (::flock(descriptor, LOCK_EX) != 0) {
      if (errno != EINTR) return fail(Code::failed, fmt::format("lock \"{}\"", name), errno);
    }
    ::usleep(5000);
  }
  return {};
}

Result<> MutantLock::create_lock_file(const LockWait& wait) {
  const auto is_created = [&] {
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC;
    if (fault_ != PlantedFault::lock_check_then_create) {
      flags |= O_EXCL;
    } else if (::access(file_.c_str(), F_OK) == 0) {
      return false;
    }
    int descriptor = ::open(file_.c_str(), flags, 0666);
    if (descriptor < 0 && fault_ == PlantedFault::stale_lock_stolen && looks_stale(file_)) {
      ::unlink(file_.c_str());
      descriptor = ::open(file_.c_str(), flags, 0666);
    }
    if (descriptor < 0) return false;
    ::close(descriptor);
    return true;
  };
  if (fault_ == PlantedFault::lock_waits_for_ever) {
    while (!is_created()) ::usleep(1000);
  } else if (fault_ == PlantedFault::spins_for_lock) {
    const std::int64_t begun_ns = wait.now_ns();
    while (::access(file_.c_str(), F_OK) == 0 || !is_created()) {
      if (nanoseconds(wait.now_ns() - begun_ns) >= most_spins * wait.timeout)
        return fail(Code::timed_out, fmt::format("lock \"{}\": still held by another", file_.string()));
    }
  } else if (fault_ == PlantedFault::deadline_doubled) {
    const Sleep sleep = real_sleep();
    if (auto created = try_until({2 * wait.timeout, sleep, wait.now_ns}, file_, is_created); !created)
      return created;
  } else if (auto created = try_until(wait, file_, is_created); !created) {
    return created;
  }
  unlinks_ = true;
  return {};
}

void MutantLock::release() {
  sidecar_.reset();
  if (std::exchange(unlinks_, false)) ::unlink(file_.c_str());
  if (const int descriptor = std::exchange(descriptor_, -1); descriptor >= 0) ::close(descriptor);
  if (const int descriptor = std::exchange(second_descriptor_, -1); descriptor >= 0) ::close(descriptor);
}

}  // namespace holdfast
