// Which runtime a program runs on, and so which profile (harness/sharing) its opens have on Windows: by the name of
// its executable, or by what a compiler left in it. For a script, the interpreter counts, as in /proc/PID/exe.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <tuple>

namespace holdfast {

// Reads into the span from this offset of a file; returns the number of bytes, 0 at its end and on errors.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::span<char> into)>;

// "go", "rust", or "c" for everything else, including files that are not ELF. The file may contain anything: at most
// a few MiB are read.
std::string_view runtime_of_contents(const ReadAt& read_at);

// The name of a profile, "c" if unknown. `executable` is a descriptor open for reading, or -1 if it may not be read;
// then only the name decides.
std::string_view runtime_of(int executable, std::string_view file_name);

// The same for processes, reading each executable once. Not thread-safe.
class Runtimes {
 public:
  // `process_directory` is /proc/PID, as open_process() opens it. The executable is open for reading during the look,
  // so request leases on it later.
  std::string_view of(int process_directory);

 private:
  // Device, inode, and time of the last change in ns.
  using Identity = std::tuple<dev_t, ino_t, std::int64_t>;
  std::map<Identity, std::string_view> known_;  // bounded: cleared when full
};

}  // namespace holdfast
