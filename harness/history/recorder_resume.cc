// Where a writer that was killed left its file, and how another one goes on there.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/history/codec.h"
#include "harness/history/recorder.h"

namespace holdfast {
namespace {

// Bytes that whole records fill, or what is wrong with the file.
Result<std::uint64_t> recorded_bytes(const char* base, std::uint64_t size, Role role, std::uint32_t process,
                                     std::uint64_t run_id,
                                     const std::function<void(const Event&)>& recorded) {
  EventDecoder decoder("the event file");
  std::uint64_t at = 0;
  while (at < size && !decoder.in_zeros()) {
    if (const auto event = decoder.feed(base + at)) recorded(*event);
    if (decoder.damaged()) return fail(Code::invalid, *decoder.damage());
    if (!decoder.in_zeros()) at += record_bytes;
  }
  if (const auto last = decoder.finish(0)) recorded(*last);
  const auto& header = decoder.header();
  if (!header || header->role != role || header->process != process || header->run_id != run_id)
    return fail(Code::invalid, "the event file is another writer's");
  if (decoder.ended()) return fail(Code::invalid, "the event file has its end: its writer was not killed");
  return at;
}

}  // namespace

Result<Recorder> Recorder::resume(const std::filesystem::path& path, Role role, std::uint32_t process,
                                  std::uint64_t run_id, const std::function<void(const Event&)>& recorded) {
  const auto refuse = [&](const char* what, int error) {
    return fail(error == ENOENT ? Code::not_found : Code::failed,
                fmt::format("{}: cannot {} the event file: {}", path.string(), what, std::strerror(error)),
                error);
  };
  Recorder recorder;
  const int fd = ::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return refuse("open", errno);
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_size < static_cast<off_t>(record_bytes)) {
    ::close(fd);
    return fail(Code::invalid, fmt::format("{}: not an event file: it is too short", path.string()));
  }
  const auto size = static_cast<std::uint64_t>(status.st_size) / record_bytes * record_bytes;
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) {
    const int error = errno;
    ::close(fd);
    return refuse("map", error);
  }
  const auto used = recorded_bytes(static_cast<const char*>(mapped), size, role, process, run_id, recorded);
  if (!used) {
    ::munmap(mapped, size);
    ::close(fd);
    return fail(used.error().within(path.string()));
  }
  recorder.fd_ = fd;
  recorder.base_ = static_cast<char*>(mapped);
  recorder.mapped_bytes_ = size;
  recorder.used_bytes_ = *used;
  recorder.process_ = process;
  recorder.pid_ = ::getpid();
  // What was begun of a record goes, whatever of it the next one covers.
  if (*used < size) std::memset(recorder.base_ + *used, 0, record_bytes);
  return recorder;
}

}  // namespace holdfast
