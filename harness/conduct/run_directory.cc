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
#include <optional>
#include <system_error>

#include "harness/linux/held_signals.h"

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

// Why others have a say in a directory, if they do. The owner's own group is his.
std::optional<std::string> not_ours(int directory) {
  struct stat status {};
  if (::fstat(directory, &status) != 0) return std::string("cannot be looked at");
  if (status.st_uid != ::geteuid())
    return fmt::format("belongs to user {}, not to {}", status.st_uid, ::geteuid());
  if ((status.st_mode & S_IWOTH) != 0) return std::string("can be written by everybody");
  if ((status.st_mode & S_IWGRP) != 0 && status.st_gid != ::getegid())
    return fmt::format("can be written by group {}", status.st_gid);
  return std::nullopt;
}

}  // namespace

Result<RunDirectory> RunDirectory::create(const std::filesystem::path& given, DirectoryKind kind) {
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(given, ignored).lexically_normal();
  std::error_code above;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), above);
  if (above) return fail(directory_error(path, "cannot create", above.value()));  // not mkdir's ENOENT
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
  // One that was just made is ours, whatever owner a network filesystem reports.
  if (const auto why = made ? std::nullopt : not_ours(lock)) {
    return fail(
        Code::invalid,
        fmt::format("{} {}: others could change what is written there; choose another directory with --out",
                    path.string(), *why));
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

namespace {

Error write_error(const char* call, const std::filesystem::path& path, int error) {
  return {Code::failed, fmt::format("{} {}: {}", call, path.string(), std::strerror(error)), error};
}

bool write_all(int fd, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t put = ::write(fd, text.data() + written, text.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    written += static_cast<std::size_t>(put);
  }
  return true;
}

// `as`: whose permissions and owner it gets; null: readable by all, written by the owner only.
Result<> replace_file(const std::filesystem::path& path, const std::string& text, const struct stat* as) {
  const HeldSignals held;                             // Ctrl-C must not leave a file half written
  std::string temporary = path.string() + ".XXXXXX";  // unlike any other's, should two judge one run at once
  const auto failed = [&](const char* call) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return fail(write_error(call, path, error));
  };
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return failed("cannot write");
  // Who may not give it away keeps it.
  if (as != nullptr) static_cast<void>(!::fchown(fd, as->st_uid, as->st_gid));
  ::fchmod(fd, as != nullptr ? as->st_mode & 07777 : 0644);
  if (!write_all(fd, text)) {
    ::close(fd);
    return failed("cannot write");
  }
  if (::close(fd) != 0) return failed("cannot write");
  if (::rename(temporary.c_str(), path.c_str()) != 0) return failed("cannot rename to");
  return {};
}

// Where a link leads, followed by hand: none if it is the kernel's own (/dev/stdout and the like), which name what is open
// and not a place in a directory. One is not followed that another user put into a directory of ours or of root's.
Result<std::optional<std::filesystem::path>> led_to(std::filesystem::path path) {
  constexpr int most_links = 40;
  for (int i = 0; i < most_links; ++i) {
    std::error_code error;
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(path, error))) return path;
    struct statfs filesystem {};
    struct stat link {
    }, folder{};
    const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    if (::statfs(parent.c_str(), &filesystem) == 0 && filesystem.f_type == PROC_SUPER_MAGIC)
      return std::nullopt;
    if (::lstat(path.c_str(), &link) == 0 && ::stat(parent.c_str(), &folder) == 0 && link.st_uid != 0 &&
        link.st_uid != ::geteuid() && link.st_uid != folder.st_uid)
      return fail(Code::invalid,
                  fmt::format("{} is a link that user {} made: remove it, or name another file",
                              path.string(), link.st_uid));
    const auto target = std::filesystem::read_symlink(path, error);
    if (error) return std::nullopt;
    path = target.is_absolute() ? target : parent / target;
  }
  return std::nullopt;
}

}  // namespace

Result<> write_result_file(const std::filesystem::path& path, const std::string& text) {
  return replace_file(path, text, nullptr);
}

Result<> write_output_file(const std::filesystem::path& path, const std::string& text) {
  struct stat there {};
  const bool exists = ::stat(path.c_str(), &there) == 0;
  const auto place = led_to(path);
  if (!place) return fail(place.error());
  if (*place && (!exists || S_ISREG(there.st_mode)))
    return replace_file(**place, text, exists ? &there : nullptr);
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return fail(write_error("cannot write", path, errno));
  const bool written = write_all(fd, text);
  const int error = errno;
  ::close(fd);
  if (!written) return fail(write_error("cannot write", path, error));
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
