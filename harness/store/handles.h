// What one process and its children have open beneath a store, and which locks stand on it, as /proc tells.
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
  bool waits = false;                           // for the lock of the same number that is no waiter
  std::uint32_t number = 0;                     // of the line
  std::int32_t process = 0;                     // -1: of an open file description, so of no one process
  std::string file;                             // device and inode, as the kernel writes them
  std::uint64_t first_byte = 0, last_byte = 0;  // the greatest number: to the end of the file, wherever it is

  bool operator==(const FileLock&) const = default;
};

// Flock, POSIX and OFD locks in their order; leases, and the marks that a sharing domain keeps far behind every byte
// that a store would lock, are left out.
std::vector<FileLock> parse_locks(std::string_view text);

struct StoreHandle {
  pid_t process = 0;
  int descriptor = -1;            // -1: a mapping
  std::string path;               // absolute, without " (deleted)"
  bool gone = false;              // the name was removed, or another file has it now
  bool replaced = false;          // the latter
  std::string access;             // "r", "w" or "rw", and "a" where it appends
  std::vector<FileLock> locks{};  // taken through this descriptor
};

// The process and all its descendants, those first that were found first; none of what ends meanwhile.
std::vector<pid_t> process_tree(pid_t root);

// Regular files beneath `store` (absolute and canonical) that a process has open or mapped. Files that never had a
// name are its own business. Whatever may not be seen is left out.
std::vector<StoreHandle> store_handles(const std::filesystem::path& store, pid_t process);

// The same of a process and all its descendants, of each in turn.
std::vector<StoreHandle> tree_handles(const std::filesystem::path& store, pid_t root);

// How many handles there are on files that have lost their name.
struct GoneHandles {
  std::uint64_t replaced = 0;  // to another file
  std::uint64_t removed = 0;
};
GoneHandles gone_handles(const std::vector<StoreHandle>& handles);

// How many handles of one kind there are on one file that is there, by one process, at most.
std::uint64_t most_of_one_file(const std::vector<StoreHandle>& handles);

}  // namespace holdfast
