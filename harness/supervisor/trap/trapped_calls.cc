#include "harness/supervisor/trap/trapped_calls.h"

#include <fcntl.h>
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
  by_handle,
  identity,
  confinement,
};

struct CallRow {
  Form form;
  long number;  // -1: this machine has no such call
};

#ifdef SYS_rename  // the old forms exist on x86-64 only
#define HOLDFAST_OLD_CALL(name) SYS_##name
#else
#define HOLDFAST_OLD_CALL(name) (-1)
#endif

constexpr std::array call_rows{
    CallRow{Form::rename, HOLDFAST_OLD_CALL(rename)},
    CallRow{Form::renameat, SYS_renameat},
    CallRow{Form::renameat2, SYS_renameat2},
    CallRow{Form::unlink, HOLDFAST_OLD_CALL(unlink)},
    CallRow{Form::unlinkat, SYS_unlinkat},
    CallRow{Form::rmdir, HOLDFAST_OLD_CALL(rmdir)},
    CallRow{Form::link, HOLDFAST_OLD_CALL(link)},
    CallRow{Form::linkat, SYS_linkat},
    CallRow{Form::open, HOLDFAST_OLD_CALL(open)},
    CallRow{Form::openat, SYS_openat},
    CallRow{Form::openat2, SYS_openat2},
    CallRow{Form::creat, HOLDFAST_OLD_CALL(creat)},
    CallRow{Form::truncate, SYS_truncate},
    CallRow{Form::by_handle, SYS_open_by_handle_at},
    CallRow{Form::identity, SYS_setuid},
    CallRow{Form::identity, SYS_setgid},
    CallRow{Form::identity, SYS_setreuid},
    CallRow{Form::identity, SYS_setregid},
    CallRow{Form::identity, SYS_setresuid},
    CallRow{Form::identity, SYS_setresgid},
    CallRow{Form::identity, SYS_setfsuid},
    CallRow{Form::identity, SYS_setfsgid},
    CallRow{Form::identity, SYS_setgroups},
    CallRow{Form::identity, SYS_capset},
    CallRow{Form::identity, SYS_chroot},
    CallRow{Form::identity, SYS_pivot_root},
    CallRow{Form::identity, SYS_unshare},
    CallRow{Form::identity, SYS_setns},
    CallRow{Form::confinement, 444},  // landlock_create_ruleset, which older headers do not know
};

std::vector<long> numbers(Form first, Form last) {
  std::vector<long> found;
  for (const CallRow& row : call_rows) {
    if (row.form >= first && row.form <= last && row.number >= 0) found.push_back(row.number);
  }
  return found;
}

std::optional<Form> form_of(const seccomp_data& data) {
  if (data.nr < 0) return std::nullopt;
  const auto* const row = std::find_if(call_rows.begin(), call_rows.end(),
                                       [&](const CallRow& each) { return each.number == data.nr; });
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

bool is_32_bit(const seccomp_data& data) {
  return data.arch != native_architecture || data.nr >= static_cast<int>(x32_bit);
}

std::vector<long> decided_calls() {
  return numbers(Form::rename, Form::linkat);
}
std::vector<long> open_calls() {
  return numbers(Form::open, Form::by_handle);
}
std::vector<std::pair<long, std::size_t>> creating_calls() {
  std::vector<std::pair<long, std::size_t>> calls{{SYS_openat, 2}};
  if (HOLDFAST_OLD_CALL(open) >= 0) calls.emplace_back(HOLDFAST_OLD_CALL(open), 1);
  return calls;
}

std::vector<long> identity_calls() {
  return numbers(Form::identity, Form::identity);
}
std::vector<long> confinement_calls() {
  return numbers(Form::confinement, Form::confinement);
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
      return call;
    }
    case Form::by_handle: {
      TrappedCall call{Function::open, directory(0)};
      call.by_handle = true;
      return call;
    }
    case Form::identity:
    case Form::confinement:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace holdfast
