// Keeps other processes of the same user out of this one.
#pragma once

#include <sys/prctl.h>
#include <unistd.h>

namespace holdfast {

// Nobody but root may trace this process, read its memory or take its descriptors, such as the listener by which trapped calls
// are answered. Until it runs another program; children that do not are closed, too. What it does for root would only be in
// the way: root's processes may do all of that anyway.
inline void close_to_others() {
  if (::geteuid() != 0) ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace holdfast
