#include "harness/history/recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "harness/history/codec.h"

namespace holdfast {
namespace {

// The first step is small since there may be thousands of writers that say little; the last one is large
// since a step costs two system calls and a new mapping.
constexpr std::uint64_t first_step_bytes = std::uint64_t{64} * 1024;
constexpr std::uint64_t last_step_bytes = std::uint64_t{1024} * 1024;

// This much of a step is brought in at a time: enough that a page costs little, and so little that no operation is
// held up for long.
constexpr std::uint64_t piece_bytes = std::uint64_t{64} * 1024;
static_assert(first_step_bytes % piece_bytes == 0);

std::int64_t realtime_offset_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec - monotonic_ns();
}

// Writes zeros, for filesystems that cannot allocate ahead. (One that copies on write may still
// run full later.)
int write_zeros(int fd, std::uint64_t from, std::uint64_t to) {
  static constexpr std::array<char, 16384> zeros{};
  while (from < to) {
    const std::size_t wanted = std::min<std::uint64_t>(zeros.size(), to - from);
    const ssize_t written = ::pwrite(fd, zeros.data(), wanted, static_cast<off_t>(from));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    from += static_cast<std::uint64_t>(written);
  }
  return 0;
}

// errno, or 0 when bytes [from, to) of the file exist on the disk.
int allocate(int fd, std::uint64_t from, std::uint64_t to) {
  int error = EINTR;
  while (error == EINTR)
    error = ::posix_fallocate(fd, static_cast<off_t>(from), static_cast<off_t>(to - from));
  return error == EOPNOTSUPP || error == EINVAL ? write_zeros(fd, from, to) : error;
}

// Brings in the pages of bytes [from, to), which are allocated and not yet used. Left to come one by one, by
// a fault each, they are most of what a record costs. In memory, one call maps them all; on a disk, writing
// makes them large, so that few faults are left. Nothing rests on it, so errors do not matter.
void bring_in(int fd, char* base, std::uint64_t from, std::uint64_t to) {
  struct statfs filesystem {};
  if (::fstatfs(fd, &filesystem) == 0 && filesystem.f_type == TMPFS_MAGIC) {
    ::madvise(base + from, to - from, MADV_POPULATE_WRITE);
  } else {
    write_zeros(fd, from, to);
  }
}

}  // namespace

Result<Recorder> Recorder::open(const std::filesystem::path& path, Role role, std::uint32_t process,
                                std::uint64_t run_id) {
  Recorder recorder;
  recorder.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (recorder.fd_ < 0) {
    const int error = errno;
    const Code code = error == EEXIST ? Code::exists : error == ENOENT ? Code::not_found : Code::failed;
    return fail(code,
                fmt::format("{}: cannot create the event file: {}", path.string(), std::strerror(error)),
                error);
  }
  recorder.process_ = process;
  recorder.pid_ = ::getpid();
  if (auto grown = recorder.grow(record_bytes); !grown) {
    ::unlink(path.c_str());
    return fail(grown.error().within(path.string()));
  }
  FileHeader header{role, process, recorder.pid_, run_id, monotonic_ns(), realtime_offset_ns()};
  encode_header(header, recorder.next_record());
  return recorder;
}

Recorder::Recorder(Recorder&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      base_(std::exchange(other.base_, nullptr)),
      mapped_bytes_(std::exchange(other.mapped_bytes_, 0)),
      ready_bytes_(std::exchange(other.ready_bytes_, 0)),
      used_bytes_(std::exchange(other.used_bytes_, 0)),
      process_(other.process_),
      pid_(other.pid_) {}

Recorder& Recorder::operator=(Recorder&& other) noexcept {
  if (this == &other) return *this;
  static_cast<void>(release());
  fd_ = std::exchange(other.fd_, -1);
  base_ = std::exchange(other.base_, nullptr);
  mapped_bytes_ = std::exchange(other.mapped_bytes_, 0);
  ready_bytes_ = std::exchange(other.ready_bytes_, 0);
  used_bytes_ = std::exchange(other.used_bytes_, 0);
  process_ = other.process_;
  pid_ = other.pid_;
  return *this;
}

Recorder::~Recorder() {
  static_cast<void>(release());
}

Result<> Recorder::grow(std::uint64_t needed_bytes) {
  const std::uint64_t step = std::clamp(mapped_bytes_, first_step_bytes, last_step_bytes);
  const std::uint64_t wanted = mapped_bytes_ + (needed_bytes + step - 1) / step * step;
  if (const int error = allocate(fd_, mapped_bytes_, wanted); error != 0) {
    return fail(Code::failed,
                fmt::format("cannot grow the event file from {} to {} bytes: {}", mapped_bytes_, wanted,
                            std::strerror(error)),
                error);
  }
  void* mapped = base_ == nullptr ? ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0)
                                  : ::mremap(base_, mapped_bytes_, wanted, MREMAP_MAYMOVE);
  if (mapped == MAP_FAILED) {
    const int error = errno;
    return fail(Code::failed,
                fmt::format("cannot map {} bytes of the event file: {}", wanted, std::strerror(error)),
                error);
  }
  base_ = static_cast<char*>(mapped);
  mapped_bytes_ = wanted;
  return {};
}

// The first piece is left to come page by page: most writers need one or two.
Result<> Recorder::make_room(std::uint64_t needed_bytes) {
  if (base_ == nullptr) return fail(Code::failed, "the event file is closed");
  const std::uint64_t end = used_bytes_ + needed_bytes;
  if (end > mapped_bytes_) {
    if (auto grown = grow(needed_bytes); !grown) return grown;
  }
  const std::uint64_t from = ready_bytes_;
  ready_bytes_ = std::min(mapped_bytes_, (end + piece_bytes - 1) / piece_bytes * piece_bytes);
  if (from == 0) return {};
  HOLDFAST_CHECK(from >= used_bytes_);  // zeros over what was recorded would be the end of it
  bring_in(fd_, base_, from, ready_bytes_);
  return {};
}

char* Recorder::next_record() {
  HOLDFAST_CHECK(used_bytes_ + record_bytes <= mapped_bytes_);
  return base_ + std::exchange(used_bytes_, used_bytes_ + record_bytes);
}

Result<> Recorder::record_at_length(const Event& event) {
  const std::uint64_t needed = records_of(event) * record_bytes;
  if (used_bytes_ + needed > ready_bytes_) {
    if (auto room = make_room(needed); !room) return room;
  }
  encode_event(event, next_record());
  const auto text = std::string_view(event.text).substr(0, text_bytes_max);
  for (std::size_t from = 0; from < text.size(); from += text_piece_bytes) {
    encode_text(text.substr(from, text_piece_bytes), next_record());
  }
  return {};
}

Result<> Recorder::close() {
  if (base_ == nullptr) return fail(Code::failed, "the event file is closed already");
  Event end;
  end.type = EventType::end;
  end.process = process_;
  end.pid = pid_;
  end.time_ns = monotonic_ns();
  const auto recorded = record(end);
  const auto released = release();
  return recorded ? released : recorded;
}

Result<> Recorder::release() {
  if (fd_ < 0) return {};
  if (base_ != nullptr) ::munmap(base_, mapped_bytes_);
  int error = ::ftruncate(fd_, static_cast<off_t>(used_bytes_)) == 0 ? 0 : errno;
  if (::close(std::exchange(fd_, -1)) != 0 && error == 0) error = errno;
  base_ = nullptr;
  mapped_bytes_ = 0;
  ready_bytes_ = 0;
  used_bytes_ = 0;
  if (error != 0) {
    return fail(Code::failed, fmt::format("cannot cut the event file to size: {}", std::strerror(error)),
                error);
  }
  return {};
}

}  // namespace holdfast
