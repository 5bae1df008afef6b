// What the filesystem says about a file that a call was refused for. Runs only after a refusal.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "core/os/os_error.h"

namespace holdfast {
namespace {

constexpr mode_t any_write_bit = S_IWUSR | S_IWGRP | S_IWOTH;

struct PathFacts {
  bool exists = false;
  mode_t mode = 0;
  uid_t owner = 0;
  bool immutable = false;
  bool mount_point = false;
};

PathFacts path_facts(const std::filesystem::path& path) {
  PathFacts facts;
#ifdef __linux__
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT, STATX_MODE | STATX_UID, &status) != 0) return facts;
  facts.mode = status.stx_mode;
  facts.owner = status.stx_uid;
  facts.immutable = (status.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0;
  facts.mount_point = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return facts;
  facts.mode = status.st_mode;
  facts.owner = status.st_uid;
#endif
  facts.exists = true;
  return facts;
}

bool may_access(const std::filesystem::path& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

}  // namespace

std::string errno_name(int os_code) {
#ifdef __GLIBC__
  if (const char* name = ::strerrorname_np(os_code); name != nullptr) return name;
#endif
  return fmt::format("errno {}", os_code);
}

TargetFacts look_at_target(const std::filesystem::path& target) {
  TargetFacts facts;
  const std::filesystem::path directory = target.has_parent_path() ? target.parent_path() : ".";
  const PathFacts of_directory = path_facts(directory);
  facts.directory_unwritable = !may_access(directory, W_OK | X_OK) || of_directory.immutable;

  const PathFacts of_target = path_facts(target);
  if (!of_target.exists) return facts;
  facts.is_directory = S_ISDIR(of_target.mode);
  facts.read_only = (of_target.mode & any_write_bit) == 0 || of_target.immutable;
  facts.unreadable = !may_access(target, R_OK);
  facts.mount_point = of_target.mount_point && !facts.is_directory;

  const uid_t user = ::geteuid();
  const bool sticky = (of_directory.mode & S_ISVTX) != 0;
  if (sticky && user != 0 && user != of_target.owner && user != of_directory.owner) {
    facts.directory_unwritable = true;
  }
  return facts;
}

}  // namespace holdfast
