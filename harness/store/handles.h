// What a process and its children have open in a store, and which locks they hold, according to /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/event.h"

namespace holdfast {

// A line of /proc/locks, or of a descriptor's fdinfo.
struct FileLock {
  LockKind kind = LockKind::flock;
  bool exclusive = false;
  bool waits = false;                           // for the lock of the same number
  std::uint32_t number = 0;                     // of the line
  std::int32_t process = 0;                     // -1: of an open file description, not of one process
  std::string file;                             // device and inode, as the kernel writes them
  std::uint64_t first_byte = 0, last_byte = 0;  // greatest number: to the end of the file

  bool operator==(const FileLock&) const = default;
};

// Flock, POSIX and OFD locks in their order, without leases and without the marks that a sharing domain keeps far
// beyond every byte that a store would lock.
std::vector<FileLock> parse_locks(std::string_view text);

struct StoreHandle {
  pid_t process = 0;
  int descriptor = -1;            // -1: a mapping
  std::string path;               // absolute, without " (deleted)"
  bool gone = false;              // the name was removed or now belongs to another file
  bool replaced = false;          // the latter
  std::string access;             // "r", "w" or "rw", and "a" where it appends
  std::vector<FileLock> locks{};  // taken through this descriptor
};

// The process and all its descendants, in the order found, without those that end in the meantime.
std::vector<pid_t> process_tree(pid_t root);

// Regular files below `store` (absolute and canonical) that a process has open or mapped, except files that never had
// a name. What may not be inspected is left out.
std::vector<StoreHandle> store_handles(const std::filesystem::path& store, pid_t process);

// The same for a process and all its descendants, in turn.
std::vector<StoreHandle> tree_handles(const std::filesystem::path& store, pid_t root);

// The number of handles on files that have lost their name.
struct GoneHandles {
  std::uint64_t replaced = 0;  // to another file
  std::uint64_t removed = 0;
};
GoneHandles gone_handles(const std::vector<StoreHandle>& handles);

// The largest number of handles of one kind by one process on one existing file.
std::uint64_t most_of_one_file(const std::vector<StoreHandle>& handles);

}  // namespace holdfast
