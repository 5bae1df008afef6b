// The seccomp filter that traps the calls which Windows could refuse.
//
// Every other call runs at native speed: the kernel keeps a bitmap of the calls that a filter always allows.
#pragma once

#include "core/base/result.h"

namespace holdfast {

enum class Trap {
  decided_calls,
  creations,    // and opens that may create a file: where it matters whose files are
  opens,        // these too: where everybody's are decided
  store_calls,  // and these, see store_calls.h: for runs that kill
};

// Installs the filter in the calling thread and all that it will start, for ever, and returns the listener's
// descriptor (the caller owns it; close-on-exec). Sets no_new_privs, so no root is needed and set-user-ID
// programs started later run without their privilege. Code::unsupported says what the kernel lacks.
//
// Trapped: rename*, unlink*, rmdir, link*; openat2, by which injectors open, so that theirs are decided even where other
// opens are not, at no cost to those; and, only to notice that a caller's identity may differ from the
// supervisor's, set*id, setgroups, capset, chroot, pivot_root, unshare, setns.
// landlock_create_ruleset gets EOPNOTSUPP where the domain acts for its callers, since what it forbids would not hold then.
// io_uring_setup gets ENOSYS (it could rename behind the filter's back). Every 32-bit call is trapped, whatever it does:
// none is judged, and the supervisor says so.
Result<int> install_filter(Trap trap = Trap::decided_calls);

}  // namespace holdfast
