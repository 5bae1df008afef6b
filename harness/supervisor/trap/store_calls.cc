#include "harness/supervisor/trap/store_calls.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>

#include "harness/supervisor/trap/trapped_calls.h"

namespace holdfast {
namespace {

constexpr int none = -1;
constexpr int working_directory = -2;  // a path without a directory argument

// Which argument is what.
struct PathPlace {
  int directory = none;
  int path = none;
};
struct Row {
  long number;
  std::string_view name;
  int descriptor = none;
  PathPlace first{}, second{};
};

constexpr Row on_descriptor(long number, std::string_view name, int argument = 0) {
  return {number, name, argument};
}
constexpr Row at_path(long number, std::string_view name, int directory, int path) {
  return {number, name, none, {directory, path}};
}
constexpr Row at_two(long number, std::string_view name, PathPlace from, PathPlace to) {
  return {number, name, none, from, to};
}

constexpr std::array store_call_rows{
#ifdef SYS_open  // the old forms exist on x86-64 only
    at_path(SYS_open, "open", working_directory, 0),
    at_path(SYS_creat, "creat", working_directory, 0),
    at_path(SYS_mkdir, "mkdir", working_directory, 0),
    at_path(SYS_mknod, "mknod", working_directory, 0),
    at_path(SYS_chmod, "chmod", working_directory, 0),
    at_path(SYS_chown, "chown", working_directory, 0),
    at_path(SYS_lchown, "lchown", working_directory, 0),
    at_path(SYS_symlink, "symlink", working_directory, 1),
    at_path(SYS_unlink, "unlink", working_directory, 0),
    at_path(SYS_rmdir, "rmdir", working_directory, 0),
    at_two(SYS_rename, "rename", {working_directory, 0}, {working_directory, 1}),
    at_two(SYS_link, "link", {working_directory, 0}, {working_directory, 1}),
#endif
    at_path(SYS_openat, "open", 0, 1),
    at_path(SYS_openat2, "open", 0, 1),
    at_path(SYS_mkdirat, "mkdir", 0, 1),
    at_path(SYS_mknodat, "mknod", 0, 1),
    at_path(SYS_fchmodat, "chmod", 0, 1),
    at_path(SYS_fchownat, "chown", 0, 1),
    at_path(SYS_symlinkat, "symlink", 1, 2),
    at_path(SYS_truncate, "truncate", working_directory, 0),
    at_path(SYS_unlinkat, "unlink", 0, 1),
    at_two(SYS_renameat, "rename", {0, 1}, {2, 3}),
    at_two(SYS_renameat2, "rename", {0, 1}, {2, 3}),
    at_two(SYS_linkat, "link", {0, 1}, {2, 3}),
    on_descriptor(SYS_close, "close"),
    on_descriptor(SYS_write, "write"),
    on_descriptor(SYS_pwrite64, "pwrite"),
    on_descriptor(SYS_writev, "writev"),
    on_descriptor(SYS_pwritev, "pwritev"),
    on_descriptor(SYS_pwritev2, "pwritev"),
    on_descriptor(SYS_sendfile, "sendfile"),
    on_descriptor(SYS_copy_file_range, "copy_file_range", 2),
    on_descriptor(SYS_fsync, "fsync"),
    on_descriptor(SYS_fdatasync, "fdatasync"),
    on_descriptor(SYS_sync_file_range, "sync_file_range"),
    on_descriptor(SYS_ftruncate, "ftruncate"),
    on_descriptor(SYS_fallocate, "fallocate"),
    on_descriptor(SYS_fchmod, "fchmod"),
    on_descriptor(SYS_fchown, "fchown"),
    on_descriptor(SYS_flock, "flock"),
    on_descriptor(SYS_fcntl, "fcntl"),
};

constexpr std::array setting_locks{F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW};

}  // namespace

std::vector<long> store_calls() {
  std::vector<long> numbers;
  const auto decided = decided_calls();
  for (const Row& row : store_call_rows) {
    if (std::find(decided.begin(), decided.end(), row.number) == decided.end()) numbers.push_back(row.number);
  }
  return numbers;
}

std::span<const int> lock_commands() {
  return setting_locks;
}

std::optional<StoreCall> describe_store_call(const seccomp_data& data) {
  const auto* const row = std::find_if(store_call_rows.begin(), store_call_rows.end(),
                                       [&](const Row& each) { return each.number == data.nr; });
  if (row == store_call_rows.end()) return std::nullopt;
  StoreCall call;
  call.name = row->name;
  if (row->descriptor != none) call.descriptor = static_cast<int>(data.args[row->descriptor]);
  const auto path_at = [&](PathPlace place) {
    if (place.path == none) return StoreCall::Path{};
    const int directory =
        place.directory == working_directory ? AT_FDCWD : static_cast<int>(data.args[place.directory]);
    return StoreCall::Path{directory, data.args[place.path]};
  };
  call.paths = {path_at(row->first), path_at(row->second)};
  if (data.nr == SYS_fcntl) {
    const int command = static_cast<int>(data.args[1]);
    if (std::find(setting_locks.begin(), setting_locks.end(), command) == setting_locks.end())
      return std::nullopt;
    call.lock = data.args[2];
  }
  return call;
}

}  // namespace holdfast
