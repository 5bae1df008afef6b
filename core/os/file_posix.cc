#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <stdexcept>

#include "core/base/check.h"
#include "core/os/file.h"
#include "core/os/os_error.h"

namespace holdfast {
namespace {

template <typename SystemCall>
auto until_uninterrupted(SystemCall system_call) {
  auto outcome = system_call();
  while (outcome < 0 && errno == EINTR) outcome = system_call();
  return outcome;
}

int as_descriptor(std::intptr_t handle) {
  return static_cast<int>(handle);
}

// A descriptor for as long as one function needs it.
class ScopedDescriptor {
 public:
  explicit ScopedDescriptor(int descriptor) : descriptor_(descriptor) {}
  ScopedDescriptor(const ScopedDescriptor&) = delete;
  ScopedDescriptor& operator=(const ScopedDescriptor&) = delete;
  ~ScopedDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

FileAttributes attributes_of(const struct stat& status) {
  return {static_cast<std::uint32_t>(status.st_mode & 07777U), status.st_uid, status.st_gid};
}

Result<> take_attributes(int descriptor, const FileAttributes& like, const std::filesystem::path& path) {
  struct stat created {};
  if (::fstat(descriptor, &created) != 0) return fail(file_error(FileCall::status, errno, path));
  // Owner first: changing it clears set-id bits. Only root may give files away; for others the group is what
  // matters among sharers, and a refusal leaves the file the writer's own, as any editor would.
  if (created.st_uid != like.owner && ::fchown(descriptor, like.owner, static_cast<gid_t>(-1)) != 0)
    errno = 0;
  if (created.st_gid != like.group && ::fchown(descriptor, static_cast<uid_t>(-1), like.group) != 0)
    errno = 0;
  if ((created.st_mode & 07777U) != like.permissions && ::fchmod(descriptor, like.permissions) != 0) {
    return fail(file_error(FileCall::create, errno, path));
  }
  return {};
}

Result<std::string> read_to_end(int descriptor, std::size_t expected_size,
                                const std::filesystem::path& path) {
  try {
    std::string bytes;
    std::size_t used = 0;
    bytes.resize(expected_size + 1);  // one more, so that the end shows without growing
    for (;;) {
      if (used == bytes.size()) bytes.resize(bytes.size() * 2);
      const ssize_t got =
          until_uninterrupted([&] { return ::read(descriptor, bytes.data() + used, bytes.size() - used); });
      if (got < 0) return fail(file_error(FileCall::read, errno, path));
      if (got == 0) break;
      used += static_cast<std::size_t>(got);
    }
    bytes.resize(used);
    return bytes;
  } catch (const std::bad_alloc&) {
  } catch (const std::length_error&) {
  }
  return fail(Code::failed,
              fmt::format("read \"{}\": its {} bytes do not fit into memory", path.string(), expected_size));
}

}  // namespace

void File::drop() {
  if (is_open()) ::close(as_descriptor(std::exchange(handle_, closed)));
}

File::~File() {
  drop();
}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    drop();
    path_ = std::move(other.path_);
    handle_ = std::exchange(other.handle_, closed);
  }
  return *this;
}

Result<File> File::create_new(const std::filesystem::path& path, const std::optional<FileAttributes>& like) {
  const mode_t mode = like ? like->permissions & 0777U : 0666U;
  const int descriptor = until_uninterrupted(
      [&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode); });
  if (descriptor < 0) return fail(file_error(FileCall::create, errno, path));
  File file(path, descriptor);
  if (like) {
    if (auto taken = take_attributes(descriptor, *like, path); !taken) {
      ::unlink(path.c_str());
      return fail(std::move(taken.error()));
    }
  }
  return file;
}

Result<File> File::open_directory(const std::filesystem::path& path) {
  const int descriptor =
      until_uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor < 0) return fail(file_error(FileCall::list, errno, path));
  return File(path, descriptor);
}

Result<> File::write_all(std::string_view bytes) {
  HOLDFAST_CHECK(is_open());
  while (!bytes.empty()) {
    const ssize_t written =
        until_uninterrupted([&] { return ::write(as_descriptor(handle_), bytes.data(), bytes.size()); });
    if (written < 0) return fail(file_error(FileCall::write, errno, path_));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> File::flush() {
  HOLDFAST_CHECK(is_open());
#ifdef __APPLE__
  // fsync leaves the bytes in the drive's cache there.
  const int outcome = until_uninterrupted([&] { return ::fcntl(as_descriptor(handle_), F_FULLFSYNC); });
#else
  const int outcome = until_uninterrupted([&] { return ::fdatasync(as_descriptor(handle_)); });
#endif
  if (outcome != 0) return fail(file_error(FileCall::flush, errno, path_));
  return {};
}

Result<> File::close() {
  if (!is_open()) return {};
  // Not repeated on EINTR: on Linux the descriptor is gone by then, and the number may be another thread's.
  if (::close(as_descriptor(std::exchange(handle_, closed))) != 0 && errno != EINTR) {
    return fail(file_error(FileCall::close, errno, path_));
  }
  return {};
}

Result<FileContent> read_file(const std::filesystem::path& path) {
  // Looked at first: opening a FIFO would wait for its writer, and O_NONBLOCK would break a lease that a
  // supervisor holds on the file for the moment of a rename.
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return fail(file_error(FileCall::open, errno, path));
  if (!S_ISREG(status.st_mode)) {
    return fail(Code::failed,
                fmt::format("open \"{}\": it is {}, where a regular file is needed", path.string(),
                            S_ISDIR(status.st_mode) ? "a directory" : "a special file"));
  }
  const ScopedDescriptor file(
      until_uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (file.get() < 0) return fail(file_error(FileCall::open, errno, path));
  // Again, of what was opened: the name may have been given to another file in between.
  if (::fstat(file.get(), &status) != 0) return fail(file_error(FileCall::status, errno, path));
  auto bytes = read_to_end(file.get(), static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)), path);
  if (!bytes) return fail(std::move(bytes.error()));
  return FileContent{std::move(*bytes), attributes_of(status)};
}

Result<> rename_over(File& file, const std::filesystem::path& from, const std::filesystem::path& to) {
  if (auto done = file.close(); !done) return done;
  return rename_over(from, to);
}

Result<> rename_over(const std::filesystem::path& from, const std::filesystem::path& to) {
  // The supervisor answers EINTR only when nothing was done, and no local filesystem answers it at all; but a
  // network filesystem might after doing it, and then the second call misses the source.
  bool interrupted = false;
  while (::rename(from.c_str(), to.c_str()) != 0) {
    const int os_code = errno;
    if (os_code == EINTR) {
      interrupted = true;
      continue;
    }
    Error error = file_error(FileCall::rename, os_code, to, from);
    if (interrupted && os_code == ENOENT) error.code = Code::indefinite;
    return fail(std::move(error));
  }
  return {};
}

Result<> remove_file(const std::filesystem::path& path) {
  if (until_uninterrupted([&] { return ::unlink(path.c_str()); }) != 0 && errno != ENOENT) {
    return fail(file_error(FileCall::unlink, errno, path));
  }
  return {};
}

Result<> list_directory(const std::filesystem::path& directory,
                        const std::function<void(std::string_view)>& visit) {
  DIR* stream = ::opendir(directory.c_str());
  if (stream == nullptr) return fail(file_error(FileCall::list, errno, directory));
  struct CloseStream {
    DIR* stream;
    ~CloseStream() { ::closedir(stream); }
  } const close_stream{stream};
  for (;;) {
    errno = 0;
    const dirent* found = ::readdir(stream);
    if (found == nullptr) break;
    const std::string_view name = found->d_name;
    if (name != "." && name != "..") visit(name);
  }
  if (errno != 0) return fail(file_error(FileCall::list, errno, directory));
  return {};
}

}  // namespace holdfast
