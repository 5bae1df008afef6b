// The access and the share mode of a handle, kept on the open file description itself, and how a program of
// ours asks for them.
//
// Linux has no share modes, and a table of who opened what goes stale: descriptions are duplicated, inherited,
// sent and dropped by SIGKILL. So where the runtime of a holder does not tell its share mode, the supervisor
// writes it into the description that it hands over, as the number of the signal of F_SETSIG: 64 values, as
// many as there are modes, which live exactly as long as the description does. The signal itself is sent only
// to who asks for leases or O_ASYNC on that very descriptor.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "harness/sharing/sharing.h"

namespace holdfast {

// The signal that stands for a mode.
int signal_of_mode(const Handle& mode);

// False if the kernel will not.
bool mark_mode(int descriptor, const Handle& mode);

// The mark on a descriptor of another process; none if there is none, or it may not be looked at.
std::optional<Handle> marked_mode(pid_t process, int descriptor);

// Flags of openat2() that ask the supervisor for a mode. The kernel knows no such flags: outside of a domain
// that decides opens they are answered with EINVAL.
std::uint64_t with_declared_mode(std::uint64_t open_flags, const Handle& mode);

struct DeclaredOpen {
  std::uint64_t open_flags = 0;  // for the kernel
  std::optional<Handle> mode;
};
DeclaredOpen declared_mode(std::uint64_t open_flags);

}  // namespace holdfast
