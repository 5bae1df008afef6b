#include "harness/linux/lease.h"

#include <fcntl.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "harness/linux/proc_path.h"

namespace holdfast {

Lease Lease::probe(int parent, const char* leaf, const Lease* other) {
  constexpr int most_tries = 4;
  for (int tries = 1;; ++tries) {
    Lease lease;
    // What the name is comes first: opening anything but a file could be noticed.
    if (::fstatat(parent, leaf, &lease.stat_, AT_SYMLINK_NOFOLLOW) != 0) {
      // What may not even be looked at cannot be renamed either: left for the kernel to reject.
      lease.error_ = errno;
      if (out_of_resources(lease.error_)) lease.openness_ = Openness::ask_scan;
      return lease;
    }
    if (lease.is_known_without(other)) return lease;
    Descriptor file(::openat(parent, leaf, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC));
    struct stat opened {};
    const bool another = file ? ::fstat(file.get(), &opened) == 0 && (opened.st_ino != lease.stat_.st_ino ||
                                                                      opened.st_dev != lease.stat_.st_dev)
                              : errno == ENOENT || errno == ELOOP;
    if (another && tries < most_tries) continue;  // the name has changed hands
    lease.ask_for(std::move(file));
    return lease;
  }
}

Lease Lease::probe_file(int path, const Lease* other) {
  Lease lease;
  if (::fstat(path, &lease.stat_) != 0 || lease.is_known_without(other)) return lease;
  lease.ask_for(Descriptor(::open(own_descriptor_path(path).data(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)));
  return lease;
}

bool Lease::nobody_writes(int path) {
  const Descriptor file(::open(own_descriptor_path(path).data(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file) ::fcntl(file.get(), F_SETSIG, SIGURG);
  return file && ::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0;
}

bool Lease::is_known_without(const Lease* other) {
  if (!S_ISREG(stat_.st_mode)) {
    openness_ = Openness::special;
    return true;
  }
  if (other == nullptr || other->stat_.st_dev != stat_.st_dev || other->stat_.st_ino != stat_.st_ino)
    return false;
  openness_ = other->openness_;
  return true;
}

void Lease::ask_for(Descriptor file) {
  // A broken lease signals its owner; SIGURG is ignored by default.
  if (file) ::fcntl(file.get(), F_SETSIG, SIGURG);
  if (file && ::fcntl(file.get(), F_SETLEASE, F_WRLCK) == 0) {
    openness_ = Openness::free;
    file_ = std::move(file);
    return;
  }
  // EAGAIN of the open (EWOULDBLOCK): somebody has a lease on it, and has just been asked to let go.
  openness_ = errno == EAGAIN ? Openness::held : Openness::ask_scan;
  error_ = errno;
}

bool Lease::unbroken() const {
  return !file_ || ::fcntl(file_.get(), F_GETLEASE) == F_WRLCK;
}

}  // namespace holdfast
