#include "harness/conduct/run_directory.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "harness/conduct/held_signals.h"

namespace holdfast {
namespace {

constexpr mode_t private_directory = 0755 & ~022;  // readable by all, written by the owner only
constexpr std::uint64_t xfs_magic = 0x58465342;

Error directory_error(const std::filesystem::path& path, const char* call, int error) {
  return {Code::invalid,
          fmt::format("{} {}: {}: choose another directory with --out", call, path.string(),
                      std::strerror(error)),
          error};
}

}  // namespace

Result<RunDirectory> RunDirectory::create(const std::filesystem::path& given, DirectoryKind kind) {
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(given, ignored).lexically_normal();
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  const bool made = ::mkdir(path.c_str(), private_directory) == 0;
  if (!made && errno != EEXIST) return fail(directory_error(path, "cannot create", errno));
  const int lock = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return fail(directory_error(path, "cannot open", errno));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(lock);
    if (error != EWOULDBLOCK) return fail(directory_error(path, "cannot lock", error));
    return fail(Code::invalid,
                fmt::format("another Holdfast is running in {}: wait for it or choose another directory "
                            "with --out",
                            path.string()));
  }
  std::error_code error;
  const auto canonical = std::filesystem::canonical(path, error);
  if (error) {
    ::close(lock);
    return fail(directory_error(path, "cannot resolve", error.value()));
  }
  RunDirectory directory(canonical, lock, made);
  if (!std::filesystem::is_empty(path, ignored)) {
    return fail(Code::invalid,
                fmt::format("{} is not empty: it may hold an earlier run; remove it or choose another "
                            "directory with --out",
                            path.string()));
  }
  if (kind == DirectoryKind::series) return directory;
  for (const char* part : {"events", "logs", "store"}) {
    if (::mkdir((path / part).c_str(), private_directory) != 0) {
      const int failure = errno;
      directory.discard();
      return fail(directory_error(path / part, "cannot create", failure));
    }
  }
  return directory;
}

RunDirectory::RunDirectory(RunDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)), made_(other.made_) {}

RunDirectory& RunDirectory::operator=(RunDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  std::swap(made_, other.made_);
  return *this;
}

RunDirectory::~RunDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

void RunDirectory::discard() {
  std::error_code ignored;
  for (const char* part : {"events", "logs", "store", "plan.json", "trials-plan.json"})
    std::filesystem::remove_all(path_ / part, ignored);
  if (made_) std::filesystem::remove(path_, ignored);
}

Result<> write_result_file(const std::filesystem::path& path, const std::string& text) {
  const HeldSignals held;                             // Ctrl-C must not leave a file half written
  std::string temporary = path.string() + ".XXXXXX";  // unlike any other's, should two judge one run at once
  const auto failed = [&](const char* call) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return fail(Code::failed, fmt::format("{} {}: {}", call, path.string(), std::strerror(error)), error);
  };
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return failed("cannot write");
  ::fchmod(fd, 0644);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t put = ::write(fd, text.data() + written, text.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      ::close(fd);
      return failed("cannot write");
    }
    written += static_cast<std::size_t>(put);
  }
  if (::close(fd) != 0) return failed("cannot write");
  if (::rename(temporary.c_str(), path.c_str()) != 0) return failed("cannot rename to");
  return {};
}

std::string filesystem_of(const std::filesystem::path& path) {
  struct statfs filesystem {};
  if (::statfs(path.c_str(), &filesystem) != 0) return "unknown";
  switch (static_cast<std::uint64_t>(filesystem.f_type)) {
    case EXT4_SUPER_MAGIC:
      return "ext4";
    case TMPFS_MAGIC:
      return "tmpfs";
    case OVERLAYFS_SUPER_MAGIC:
      return "overlayfs";
    case BTRFS_SUPER_MAGIC:
      return "btrfs";
    case NFS_SUPER_MAGIC:
      return "nfs";
    case xfs_magic:
      return "xfs";
    default:
      return fmt::format("type {:#x}", static_cast<std::uint64_t>(filesystem.f_type));
  }
}

}  // namespace holdfast
