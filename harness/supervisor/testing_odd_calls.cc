#include "harness/supervisor/testing_odd_calls.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>

#include <rapidcheck.h>

#include <initializer_list>
#include <vector>

namespace holdfast {
namespace {

std::ostream& operator<<(std::ostream& out, const OddPath& path) {
  if (path.base == OddPath::Base::unreadable) return out << "<unreadable>";
  const std::string shown = path.rest.size() > 80 ? std::to_string(path.rest.size()) + " bytes" : path.rest;
  return out << (path.base == OddPath::Base::absolute ? "<absolute>" : "") << '"' << shown << '"';
}
template <typename T>
T one_of(std::initializer_list<T> values) {
  return *rc::gen::elementOf(std::vector<T>(values));
}
bool seldom(int one_in = 4) {
  return *rc::gen::inRange(0, one_in) == 1;
}

constexpr std::uint64_t dirty = 0xDEAD'BEEF'0000'0000;

OddPath odd_path() {
  OddPath path;
  const std::vector<std::string> names = {
      "a",     "empty",     "dir",           "full",         "full/f",     "full/sub", "hard",
      "to_a",  "to_full",   "dangling",      "loop",         "away",       "new",      "new/x",
      "a/x",   "to_full/f", "loop/x",        "dir/new",      "dangling/x", ".",        "..",
      "dir/.", "dir/..",    "full/sub/../f", "to_full/../a", "./a",        "dir//new", "new/"};
  path.rest = *rc::gen::elementOf(names);
  if (seldom(6)) path.rest += "/";
  if (seldom(20)) path.rest += "/.";
  if (seldom(12)) path.rest.clear();
  if (seldom(25)) path.rest = std::string(256, 'n');
  if (seldom(25)) path.rest = std::string(255, 'n');
  if (seldom(40)) path.rest = std::string(PATH_MAX, 'n');
  if (seldom(40)) {
    path.rest = "a";
    while (path.rest.size() < PATH_MAX - 2) path.rest = "./" + path.rest;
  }
  if (seldom(5)) path.base = OddPath::Base::absolute;
  if (seldom(25)) path.base = OddPath::Base::unreadable;
  // Never the tree itself, which all calls are made in: a rename would take it away.
  if (path.base == OddPath::Base::absolute && path.rest.empty()) path.rest = ".";
  return path;
}

std::uint64_t odd_directory() {
  const auto number = static_cast<std::uint32_t>(
      seldom(5) ? one_of<int>({AT_FDCWD, file_descriptor, 999, -1, -7, INT_MIN}) : tree_descriptor);
  return seldom(10) ? dirty | number : number;
}

// The forms without a directory begin in the one above.
OddPath from_above(OddPath path) {
  if (path.base == OddPath::Base::relative && !path.rest.empty() && path.rest.size() < PATH_MAX - 100)
    path.rest = "tree/" + path.rest;
  return path;
}

std::uint64_t odd_open_flags() {
  std::uint64_t flags = one_of<std::uint64_t>({O_RDONLY, O_WRONLY, O_RDWR, O_RDWR, 3});
  if (seldom(2)) flags |= O_CREAT;
  if (seldom(3)) flags |= O_TRUNC;
  for (const std::uint64_t flag :
       {O_EXCL, O_APPEND, O_NONBLOCK, O_NOFOLLOW, O_CLOEXEC, O_NOCTTY, O_NOATIME, O_DSYNC, O_SYNC, O_DIRECT,
        O_ASYNC, O_PATH, O_DIRECTORY, O_TMPFILE, O_TMPFILE & ~O_DIRECTORY, 0100000, 1 << 27, 1 << 30})
    if (seldom(12)) flags |= flag;
  if (seldom(12)) flags |= 1U << 31;
  return flags;
}

std::uint64_t odd_mode() {
  return one_of<std::uint64_t>(
      {0, 0600, 0644, 0666, 0400, 0777, 01755, 07777, 0100644, 0177777, 0xFFFFFFFF, dirty | 0644, 010000});
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const OddCall& call) {
  out << "call " << call.number << std::hex;
  for (const std::uint64_t argument : call.arguments) out << " 0x" << argument;
  out << "; " << call.first << " at " << call.first_path << ", " << call.second << " at " << call.second_path
      << "; how 0x" << call.how.flags << " 0x" << call.how.mode << " 0x" << call.how.resolve << ", umask 0"
      << std::oct << call.umask << std::dec;
  return out << (call.small_limit ? ", small limit" : "");
}

OddCall odd_open() {
  OddCall call;
  call.umask = one_of<mode_t>({022, 0, 077});
  call.number = one_of<long>({SYS_open, SYS_openat, SYS_openat, SYS_creat, SYS_openat2});
  call.first = odd_path();
  const std::uint64_t flags = odd_open_flags(), mode = odd_mode();
  if (call.number == SYS_open || call.number == SYS_creat) {
    call.first = from_above(call.first);
    call.first_path = 0;
    call.arguments[1] = call.number == SYS_open ? flags : mode;
    call.arguments[2] = mode;
    return call;
  }
  call.arguments[0] = odd_directory();
  call.first_path = 1;
  call.arguments[2] = flags | (seldom(10) ? dirty : 0);
  call.arguments[3] = mode;
  if (call.number == SYS_openat) return call;
  const bool sane = !seldom(3);
  call.how.flags = sane ? flags & ~(std::uint64_t{3} << 30 | 1U << 27) : flags;
  call.how.mode = sane ? ((flags & O_CREAT) != 0 ? mode & 07777 : 0) : mode;
  call.how.resolve =
      one_of<std::uint64_t>({0, 0, 0, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS, RESOLVE_BENEATH,
                             RESOLVE_IN_ROOT, RESOLVE_NO_XDEV, RESOLVE_BENEATH | RESOLVE_IN_ROOT, 1U << 20});
  call.how_at = 2;
  call.arguments[3] = seldom(8) ? one_of<std::uint64_t>({0, 16, 23, 25, 5000}) : sizeof call.how;
  return call;
}

OddCall odd_truncate() {
  OddCall call;
  call.number = SYS_truncate;
  call.first = from_above(odd_path());
  call.first_path = 0;
  call.arguments[1] = static_cast<std::uint64_t>(
      one_of<std::int64_t>({0, 1, 5, 50, 51, 100, 4096, 1LL << 33, -1, INT64_MIN, INT64_MAX}));
  call.small_limit = seldom(4);
  return call;
}

OddCall odd_rename() {
  OddCall call;
  call.number = one_of<long>({SYS_rename, SYS_renameat, SYS_renameat2});
  call.first = odd_path();
  call.second = odd_path();
  if (call.number == SYS_rename) {
    call.first = from_above(call.first);
    call.second = from_above(call.second);
    call.first_path = 0;
    call.second_path = 1;
    return call;
  }
  call.arguments[0] = odd_directory();
  call.first_path = 1;
  call.arguments[2] = odd_directory();
  call.second_path = 3;
  call.arguments[4] = one_of<std::uint64_t>({0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT, 3, 8,
                                             dirty, dirty | RENAME_NOREPLACE, 0xFFFFFFFF});
  return call;
}

OddCall odd_link() {
  OddCall call = odd_rename();
  const bool plain = call.number == SYS_rename;
  call.number = plain ? SYS_link : SYS_linkat;
  call.arguments[4] =
      one_of<std::uint64_t>({0, 0, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH, AT_REMOVEDIR,
                             AT_SYMLINK_FOLLOW | AT_EMPTY_PATH, dirty | AT_SYMLINK_FOLLOW, 1});
  return call;
}

OddCall odd_removal() {
  OddCall call;
  call.number = one_of<long>({SYS_unlink, SYS_unlinkat, SYS_unlinkat, SYS_rmdir});
  call.first = odd_path();
  if (call.number != SYS_unlinkat) {
    call.first = from_above(call.first);
    call.first_path = 0;
    return call;
  }
  call.arguments[0] = odd_directory();
  call.first_path = 1;
  call.arguments[2] = one_of<std::uint64_t>(
      {0, 0, AT_REMOVEDIR, AT_REMOVEDIR, 1, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, dirty, dirty | AT_REMOVEDIR});
  return call;
}

}  // namespace holdfast
