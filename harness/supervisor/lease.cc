#include "harness/supervisor/lease.h"

#include <fcntl.h>

#include <cerrno>
#include <csignal>

#include "harness/supervisor/proc_path.h"

namespace holdfast {

Lease Lease::probe(int parent, const char* leaf, const Lease* other) {
  // O_PATH first: it is no open that others could notice, and shows what the name is.
  const Descriptor path(::openat(parent, leaf, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (path) return probe_file(path.get(), other);
  // What may not even be looked at cannot be renamed either: the kernel shall say so.
  Lease lease;
  lease.error_ = errno;
  if (out_of_resources(lease.error_)) lease.openness_ = Openness::ask_scan;
  return lease;
}

Lease Lease::probe_file(int path, const Lease* other) {
  Lease lease;
  const auto ask_scan = [&] {
    lease.openness_ = Openness::ask_scan;
    lease.error_ = errno;
  };
  if (::fstat(path, &lease.stat_) != 0) return lease;
  if (!S_ISREG(lease.stat_.st_mode)) {
    lease.openness_ = Openness::special;
    return lease;
  }
  if (other != nullptr && other->stat_.st_dev == lease.stat_.st_dev &&
      other->stat_.st_ino == lease.stat_.st_ino) {
    lease.openness_ = other->openness_;
    return lease;
  }
  Descriptor file(::open(own_descriptor_path(path).data(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file) {
    // Somebody has a lease on it, and has just been asked to let go.
    if (errno == EWOULDBLOCK) {
      lease.openness_ = Openness::held;
    } else {
      ask_scan();
    }
    return lease;
  }
  // A broken lease signals its owner; SIGURG is ignored by default.
  ::fcntl(file.get(), F_SETSIG, SIGURG);
  if (::fcntl(file.get(), F_SETLEASE, F_WRLCK) == 0) {
    lease.openness_ = Openness::free;
    lease.file_ = std::move(file);
  } else if (errno == EAGAIN) {
    lease.openness_ = Openness::held;
  } else {
    ask_scan();
  }
  return lease;
}

bool Lease::unbroken() const {
  return !file_ || ::fcntl(file_.get(), F_GETLEASE) == F_WRLCK;
}

}  // namespace holdfast
