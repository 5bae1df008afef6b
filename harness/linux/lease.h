// Is a file open anywhere? The kernel answers, in constant time.
//
// A write lease is granted only while no other open file description of any process refers to the file; so a granted
// lease means free and EAGAIN means held, exact across dup, fork and SIGKILL (fcntl(2), "Leases").
#pragma once

#include <sys/stat.h>

#include "harness/linux/descriptor.h"

namespace holdfast {

enum class Openness {
  absent,    // no such name
  special,   // not a regular file: directory, symbolic link, device …
  free,      // we hold the lease; nobody has the file open
  held,      // somebody has it open
  ask_scan,  // this file cannot be leased (not the owner and no CAP_LEASE, or the filesystem has none)
};

inline bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

class Lease {
 public:
  // Probes `leaf` in `parent`. Never opens for writing, never opens anything but a regular file. If it is another
  // name of the file that `other` has leased, it is not opened (that would break the lease), and the answer is the
  // same.
  static Lease probe(int parent, const char* leaf, const Lease* other = nullptr);

  // The same for what an O_PATH descriptor names.
  static Lease probe_file(int path, const Lease* other = nullptr);

  // Whether nobody has the file of an O_PATH descriptor open for writing: then a read lease is granted.
  static bool nobody_writes(int path);

  [[nodiscard]] Openness openness() const { return openness_; }
  [[nodiscard]] int error() const { return error_; }  // for ask_scan: errno, why there is no lease
  [[nodiscard]] const struct stat& identity() const { return stat_; }  // if the name exists

  // False once a process has begun to open the file since it was found free. That process waits until the lease is
  // dropped (with O_NONBLOCK it gets EAGAIN).
  [[nodiscard]] bool unbroken() const;

 private:
  // Whether nothing need be opened: it is not a regular file, or it is the file of `other`.
  bool is_known_without(const Lease* other);
  void ask_for(Descriptor file);  // sets openness and error

  Openness openness_ = Openness::absent;
  int error_ = 0;
  struct stat stat_ {};
  Descriptor file_;  // holds the lease
};

}  // namespace holdfast
