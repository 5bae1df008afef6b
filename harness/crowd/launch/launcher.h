// The parent of every agent and injector.
//
// It installs the filter once, so that all its children inherit one listener; it is a child subreaper, so that
// nothing it started can outlive it; and when the conductor dies, it ends them all. It is a separate small process
// because the conductor must not be under the filter that it answers.
//
// Conductor and launcher talk over a SOCK_SEQPACKET pair, one packet per message; see launcher_messages.h.
#pragma once

#include "harness/supervisor/trap/filter.h"

namespace holdfast {

// Runs in the launcher's process until the conductor says shutdown or dies; `socket` is inherited. Returns
// the exit code.
int launcher_main(int socket, Trap trap);

}  // namespace holdfast
