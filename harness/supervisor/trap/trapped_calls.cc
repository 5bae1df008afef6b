#include "harness/supervisor/trap/trapped_calls.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <span>

namespace holdfast {
namespace {

enum class Form {
  rename,
  renameat,
  renameat2,
  unlink,
  unlinkat,
  rmdir,
  link,
  linkat,
  open,
  openat,
  openat2,
  creat,
  truncate,
  identity,
  confinement,
};

struct CallRow {
  Form form;
  long native;  // -1: there is none
  long i386;    // arch/x86/entry/syscalls/syscall_32.tbl; -1: there is none
};

#ifdef SYS_rename  // the old forms exist on x86-64 only
#define HOLDFAST_OLD_CALL(name) SYS_##name
#else
#define HOLDFAST_OLD_CALL(name) (-1)
#endif

constexpr std::array call_rows{
    CallRow{Form::rename, HOLDFAST_OLD_CALL(rename), 38},
    CallRow{Form::renameat, SYS_renameat, 302},
    CallRow{Form::renameat2, SYS_renameat2, 353},
    CallRow{Form::unlink, HOLDFAST_OLD_CALL(unlink), 10},
    CallRow{Form::unlinkat, SYS_unlinkat, 301},
    CallRow{Form::rmdir, HOLDFAST_OLD_CALL(rmdir), 40},
    CallRow{Form::link, HOLDFAST_OLD_CALL(link), 9},
    CallRow{Form::linkat, SYS_linkat, 303},
    CallRow{Form::open, HOLDFAST_OLD_CALL(open), 5},
    CallRow{Form::openat, SYS_openat, 295},
    CallRow{Form::openat2, SYS_openat2, 437},
    CallRow{Form::creat, HOLDFAST_OLD_CALL(creat), 8},
    CallRow{Form::truncate, SYS_truncate, 92},
    CallRow{Form::truncate, -1, 193},  // truncate64
    CallRow{Form::identity, SYS_setuid, 213},
    CallRow{Form::identity, -1, 23},  // with 16-bit numbers, here and below
    CallRow{Form::identity, SYS_setgid, 214},
    CallRow{Form::identity, -1, 46},
    CallRow{Form::identity, SYS_setreuid, 203},
    CallRow{Form::identity, -1, 70},
    CallRow{Form::identity, SYS_setregid, 204},
    CallRow{Form::identity, -1, 71},
    CallRow{Form::identity, SYS_setresuid, 208},
    CallRow{Form::identity, -1, 164},
    CallRow{Form::identity, SYS_setresgid, 210},
    CallRow{Form::identity, -1, 170},
    CallRow{Form::identity, SYS_setfsuid, 215},
    CallRow{Form::identity, -1, 138},
    CallRow{Form::identity, SYS_setfsgid, 216},
    CallRow{Form::identity, -1, 139},
    CallRow{Form::identity, SYS_setgroups, 206},
    CallRow{Form::identity, -1, 81},
    CallRow{Form::identity, SYS_capset, 185},
    CallRow{Form::identity, SYS_chroot, 61},
    CallRow{Form::identity, SYS_pivot_root, 217},
    CallRow{Form::identity, SYS_unshare, 310},
    CallRow{Form::identity, SYS_setns, 346},
    CallRow{Form::confinement, 444, 444},  // landlock_create_ruleset, which older headers do not know
};

long number_of(const CallRow& row, Architecture architecture) {
  return architecture == Architecture::native ? row.native : row.i386;
}

std::vector<long> numbers(Architecture architecture, Form first, Form last) {
  std::vector<long> found;
  for (const CallRow& row : call_rows) {
    const long number = number_of(row, architecture);
    if (row.form >= first && row.form <= last && number >= 0) found.push_back(number);
  }
  return found;
}

std::optional<Form> form_of(const seccomp_data& data) {
  if (data.nr < 0) return std::nullopt;
  const auto architecture = data.arch != 0 && data.arch == audit_number(Architecture::i386)
                                ? Architecture::i386
                                : Architecture::native;
  const auto* const row = std::find_if(call_rows.begin(), call_rows.end(), [&](const CallRow& each) {
    return number_of(each, architecture) == data.nr;
  });
  if (row == call_rows.end()) return std::nullopt;
  return row->form;
}

// open, openat and creat ignore what openat2 refuses: flags that nobody knows, bits beyond the permissions, and a mode
// where no file is made (build_open_how in fs/open.c). O_LARGEFILE is among them: a 64-bit kernel sets it itself.
TrappedCall opening(int directory, std::uint64_t path, unsigned flags, std::uint64_t mode) {
  constexpr unsigned temporary = O_TMPFILE & ~O_DIRECTORY;
  constexpr unsigned known = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK |
                             O_SYNC | O_DSYNC | O_ASYNC | O_DIRECT | O_DIRECTORY | O_NOFOLLOW | O_NOATIME |
                             O_CLOEXEC | O_PATH | temporary;
  constexpr unsigned known_beside_path = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  constexpr std::uint64_t permissions = 07777;
  TrappedCall call{Function::open, directory, path};
  call.open_flags = flags & ((flags & O_PATH) != 0 ? known_beside_path : known);
  call.mode = (call.open_flags & (O_CREAT | temporary)) != 0 ? mode & permissions : 0;
  return call;
}

}  // namespace

std::uint32_t audit_number(Architecture architecture) {
#if defined(__x86_64__)
  return architecture == Architecture::native ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_I386;
#elif defined(__aarch64__)
  return architecture == Architecture::native ? AUDIT_ARCH_AARCH64 : 0;
#else
#error "the filter knows x86-64 and aarch64 only"
#endif
}

std::vector<long> decided_calls(Architecture architecture) {
  return numbers(architecture, Form::rename, Form::linkat);
}
std::vector<long> open_calls(Architecture architecture) {
  return numbers(architecture, Form::open, Form::truncate);
}
std::vector<long> identity_calls(Architecture architecture) {
  return numbers(architecture, Form::identity, Form::identity);
}

std::vector<long> confinement_calls(Architecture architecture) {
  return numbers(architecture, Form::confinement, Form::confinement);
}

bool is_confinement_call(const seccomp_data& data) {
  return form_of(data) == Form::confinement;
}

bool is_identity_call(const seccomp_data& data) {
  return form_of(data) == Form::identity;
}

std::optional<TrappedCall> decode(const seccomp_data& data) {
  const auto form = form_of(data);
  if (!form) return std::nullopt;
  const auto directory = [&](int i) { return static_cast<int>(data.args[i]); };
  const auto flags = [&](int i) { return static_cast<unsigned>(data.args[i]); };
  const auto* args = data.args;
  switch (*form) {
    case Form::rename:
      return TrappedCall{Function::rename, AT_FDCWD, args[0], AT_FDCWD, args[1]};
    case Form::unlink:
      return TrappedCall{Function::unlink, AT_FDCWD, args[0]};
    case Form::rmdir:
      return TrappedCall{Function::rmdir, AT_FDCWD, args[0]};
    case Form::link:
      return TrappedCall{Function::link, AT_FDCWD, args[0], AT_FDCWD, args[1]};
    case Form::renameat:
      return TrappedCall{Function::rename, directory(0), args[1], directory(2), args[3]};
    case Form::renameat2:
      return TrappedCall{Function::rename,
                         directory(0),
                         args[1],
                         directory(2),
                         args[3],
                         flags(4),
                         (flags(4) & ~unsigned{RENAME_NOREPLACE}) == 0};
    case Form::unlinkat:
      return TrappedCall{(flags(2) & AT_REMOVEDIR) != 0 ? Function::rmdir : Function::unlink,
                         directory(0),
                         args[1],
                         0,
                         0,
                         0,
                         (flags(2) & ~unsigned{AT_REMOVEDIR}) == 0};
    case Form::linkat:
      return TrappedCall{Function::link,
                         directory(0),
                         args[1],
                         directory(2),
                         args[3],
                         flags(4),
                         (flags(4) & ~unsigned{AT_SYMLINK_FOLLOW}) == 0};
    case Form::open:
      return opening(AT_FDCWD, args[0], flags(1), flags(2));
    case Form::creat:
      return opening(AT_FDCWD, args[0], O_CREAT | O_WRONLY | O_TRUNC, flags(1));
    case Form::openat:
      return opening(directory(0), args[1], flags(2), flags(3));
    case Form::openat2: {
      TrappedCall call{Function::open, directory(0), args[1]};
      call.how = args[2];
      call.how_bytes = args[3];
      return call;
    }
    case Form::truncate: {
      TrappedCall call{Function::truncate, AT_FDCWD, args[0]};
      call.length = static_cast<std::int64_t>(args[1]);
      if (data.arch != audit_number(Architecture::i386)) return call;
      constexpr int truncate64_i386 = 193;  // its length comes in two halves, that of the old form is signed
      call.length = data.nr == truncate64_i386 ? static_cast<std::int64_t>(args[1] | args[2] << 32)
                                               : static_cast<std::int32_t>(args[1]);
      return call;
    }
    case Form::identity:
    case Form::confinement:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace holdfast
