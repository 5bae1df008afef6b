// Is a file open anywhere? Asked of the kernel, in constant time.
//
// A write lease is granted only while no other open file description of any process refers to the file; so a
// granted lease means free, EAGAIN means held, exact over dup, fork and SIGKILL (fcntl(2), "Leases").
#pragma once

#include <sys/stat.h>

#include "harness/linux/descriptor.h"

namespace holdfast {

enum class Openness {
  absent,    // no such name
  special,   // not a regular file: directory, symbolic link, device …
  free,      // the lease is held by us; nobody has the file open
  held,      // somebody has
  ask_scan,  // this file cannot be leased (not the owner and no CAP_LEASE, or the filesystem has none)
};

inline bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

class Lease {
 public:
  // Probes `leaf` in `parent`. Never opens for writing, never opens anything but a regular file. A name of
  // the file that `other` has leased already is not opened again (that would break the lease): it takes over
  // its answer.
  static Lease probe(int parent, const char* leaf, const Lease* other = nullptr);

  // The same for what an O_PATH descriptor names.
  static Lease probe_file(int path, const Lease* other = nullptr);

  [[nodiscard]] Openness openness() const { return openness_; }
  [[nodiscard]] int error() const { return error_; }  // of ask_scan: errno, why there is no lease
  [[nodiscard]] const struct stat& identity() const { return stat_; }  // where the name exists

  // False as soon as somebody began to open the file since it was found free. The opener waits until the
  // lease is dropped (an O_NONBLOCK one gets EAGAIN).
  [[nodiscard]] bool unbroken() const;

 private:
  // Whether nothing need be opened: it is no regular file, or the one of `other`.
  bool is_known_without(const Lease* other);
  void ask_for(Descriptor file);  // sets openness and error

  Openness openness_ = Openness::absent;
  int error_ = 0;
  struct stat stat_ {};
  Descriptor file_;  // holds the lease
};

}  // namespace holdfast
