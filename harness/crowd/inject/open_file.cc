#include "harness/crowd/inject/open_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace holdfast {

Descriptor open_to_hold(const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags);
  return Descriptor(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
}

}  // namespace holdfast
