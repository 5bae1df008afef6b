#include "harness/history/event_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace holdfast {
namespace {

constexpr std::size_t read_buffer_bytes = std::size_t{256} * 1024;
static_assert(read_buffer_bytes % record_bytes == 0);

}  // namespace

Result<EventReader> EventReader::open(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const int error = errno;
    if (error == ELOOP)
      return fail(Code::corrupt, fmt::format("{}: a symbolic link, not an event file", name), error);
    return fail(error == ENOENT ? Code::not_found : Code::failed,
                fmt::format("{}: cannot be opened: {}", name, std::strerror(error)), error);
  }
  EventReader reader(fd, name);
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    return fail(Code::failed, fmt::format("{}: cannot be examined: {}", name, std::strerror(errno)), errno);
  }
  if (!S_ISREG(status.st_mode)) return fail(Code::corrupt, fmt::format("{}: not a regular file", name));
  return reader;
}

EventReader::EventReader(int fd, const std::string& file_name)
    : fd_(fd),
      file_name_(file_name),
      decoder_(file_name),
      buffer_(std::make_unique<char[]>(read_buffer_bytes)) {}

EventReader::EventReader(EventReader&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      file_name_(std::move(other.file_name_)),
      decoder_(std::move(other.decoder_)),
      buffer_(std::move(other.buffer_)),
      filled_bytes_(other.filled_bytes_),
      consumed_bytes_(other.consumed_bytes_),
      read_offset_(other.read_offset_),
      finished_(other.finished_),
      read_problem_(std::move(other.read_problem_)) {}

EventReader::~EventReader() {
  if (fd_ >= 0) ::close(fd_);
}

// The unwritten tail may be as long as a file can be, and costs nothing to whoever made it: jump over what
// the filesystem knows to be empty.
void EventReader::skip_hole() {
  const off_t data = ::lseek(fd_, static_cast<off_t>(read_offset_), SEEK_DATA);
  std::uint64_t next = read_offset_;
  if (data >= 0) {
    next = static_cast<std::uint64_t>(data) / record_bytes * record_bytes;
  } else if (errno == ENXIO) {  // a hole up to the end of the file
    const off_t end = ::lseek(fd_, 0, SEEK_END);
    if (end >= 0) next = static_cast<std::uint64_t>(end) / record_bytes * record_bytes;
  }
  if (next > read_offset_) {
    decoder_.skip_zeros(next - read_offset_);
    read_offset_ = next;
  }
}

bool EventReader::fill() {
  const std::size_t kept = filled_bytes_ - consumed_bytes_;  // part of a record, at the end of the file
  std::memmove(buffer_.get(), buffer_.get() + consumed_bytes_, kept);
  filled_bytes_ = kept;
  consumed_bytes_ = 0;
  if (kept == 0 && decoder_.in_zeros()) skip_hole();
  while (filled_bytes_ < read_buffer_bytes) {
    const ssize_t got = ::pread(fd_, buffer_.get() + filled_bytes_, read_buffer_bytes - filled_bytes_,
                                static_cast<off_t>(read_offset_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      read_problem_ = fmt::format("{}: byte offset {}: cannot be read: {}", file_name_, read_offset_,
                                  std::strerror(errno));
      return false;
    }
    if (got == 0) break;
    filled_bytes_ += static_cast<std::size_t>(got);
    read_offset_ += static_cast<std::uint64_t>(got);
  }
  return filled_bytes_ >= record_bytes;
}

Event* EventReader::next() {
  while (!finished_) {
    if (filled_bytes_ - consumed_bytes_ < record_bytes && !fill()) {
      finished_ = true;
      return decoder_.finish(read_problem_ ? 0 : filled_bytes_ - consumed_bytes_);
    }
    Event* event = decoder_.feed(buffer_.get() + consumed_bytes_);
    consumed_bytes_ += record_bytes;
    if (decoder_.damaged()) finished_ = true;
    if (event != nullptr) return event;
  }
  return nullptr;
}

}  // namespace holdfast
