#include "harness/supervisor/trapped_calls.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

namespace holdfast {
namespace {

constexpr std::array decided{
#ifdef SYS_rename  // the old forms exist on x86-64 only
    static_cast<long>(SYS_rename),   static_cast<long>(SYS_unlink),
    static_cast<long>(SYS_rmdir),    static_cast<long>(SYS_link),
#endif
    static_cast<long>(SYS_renameat), static_cast<long>(SYS_renameat2),
    static_cast<long>(SYS_unlinkat), static_cast<long>(SYS_linkat),
};

constexpr std::array identity{
    static_cast<long>(SYS_setuid),   static_cast<long>(SYS_setgid),    static_cast<long>(SYS_setreuid),
    static_cast<long>(SYS_setregid), static_cast<long>(SYS_setresuid), static_cast<long>(SYS_setresgid),
    static_cast<long>(SYS_setfsuid), static_cast<long>(SYS_setfsgid),  static_cast<long>(SYS_setgroups),
    static_cast<long>(SYS_capset),   static_cast<long>(SYS_chroot),    static_cast<long>(SYS_pivot_root),
    static_cast<long>(SYS_unshare),  static_cast<long>(SYS_setns),
};

}  // namespace

std::span<const long> decided_calls() {
  return decided;
}
std::span<const long> identity_calls() {
  return identity;
}

bool is_identity_call(long number) {
  return std::find(identity.begin(), identity.end(), number) != identity.end();
}

std::optional<TrappedCall> decode(const seccomp_data& data) {
  const auto directory = [&](int i) { return static_cast<int>(data.args[i]); };
  const auto flags = [&](int i) { return static_cast<unsigned>(data.args[i]); };
  const auto* args = data.args;
  switch (data.nr) {
#ifdef SYS_rename
    case SYS_rename:
      return TrappedCall{Function::rename, AT_FDCWD, args[0], AT_FDCWD, args[1]};
    case SYS_unlink:
      return TrappedCall{Function::unlink, AT_FDCWD, args[0]};
    case SYS_rmdir:
      return TrappedCall{Function::rmdir, AT_FDCWD, args[0]};
    case SYS_link:
      return TrappedCall{Function::link, AT_FDCWD, args[0], AT_FDCWD, args[1]};
#endif
    case SYS_renameat:
      return TrappedCall{Function::rename, directory(0), args[1], directory(2), args[3]};
    case SYS_renameat2:
      return TrappedCall{Function::rename,
                         directory(0),
                         args[1],
                         directory(2),
                         args[3],
                         flags(4),
                         (flags(4) & ~unsigned{RENAME_NOREPLACE}) == 0};
    case SYS_unlinkat:
      return TrappedCall{(flags(2) & AT_REMOVEDIR) != 0 ? Function::rmdir : Function::unlink,
                         directory(0),
                         args[1],
                         0,
                         0,
                         0,
                         (flags(2) & ~unsigned{AT_REMOVEDIR}) == 0};
    case SYS_linkat:
      return TrappedCall{Function::link,
                         directory(0),
                         args[1],
                         directory(2),
                         args[3],
                         flags(4),
                         (flags(4) & ~unsigned{AT_SYMLINK_FOLLOW}) == 0};
    default:
      return std::nullopt;
  }
}

}  // namespace holdfast
