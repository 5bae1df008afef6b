// The access and share mode of a handle, kept on the open file description itself, and how our own programs request
// them.
//
// Linux has no share modes, and a table of open files would go stale: descriptions are duplicated, inherited, sent
// and dropped by SIGKILL. So where a holder's runtime does not determine its share mode, the supervisor stores it in
// the description that it hands over, as the signal number of F_SETSIG: 64 values, as many as there are modes, which
// live exactly as long as the description. The signal itself is sent only if a process requests leases or O_ASYNC on
// that very descriptor.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "harness/sharing/sharing.h"

namespace holdfast {

// The signal that encodes a mode.
int signal_of_mode(const Handle& mode);

// False if the kernel refuses.
bool mark_mode(int descriptor, const Handle& mode);

// The mark on another process's descriptor; none if there is none or it may not be inspected.
std::optional<Handle> marked_mode(pid_t process, int descriptor);

// Flags of openat2() that request a mode from the supervisor. The kernel does not know them: outside a domain that
// decides opens, they give EINVAL.
std::uint64_t with_declared_mode(std::uint64_t open_flags, const Handle& mode);

struct DeclaredOpen {
  std::uint64_t open_flags = 0;  // for the kernel
  std::optional<Handle> mode;
};
DeclaredOpen declared_mode(std::uint64_t open_flags);

}  // namespace holdfast
