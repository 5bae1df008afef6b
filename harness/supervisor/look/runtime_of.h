// Which runtime a program runs on, and so which profile (harness/sharing) its opens have on Windows: by the name of
// its executable, or by what a compiler left in it. Of a script it is the interpreter that counts, as in /proc/PID/exe.
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

// Reads into the span from this offset of a file; returns how much there was, 0 at its end and on errors.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::span<char> into)>;

// "go", "rust" or "c" for what neither of them built; other files than ELF are "c" too. The file may hold anything: at
// most a few MiB of it are read.
std::string_view runtime_of_contents(const ReadAt& read_at);

// The name of a profile, "c" if nothing is known. `executable` is a descriptor open for reading, or -1 where it may
// not be read; then only the name tells.
std::string_view runtime_of(int executable, std::string_view file_name);

// The same for processes, each executable read once. Not for several threads at a time.
class Runtimes {
 public:
  // `process_directory` is /proc/PID, as open_process() opens it. The executable is held open for reading while it is
  // looked at, so a caller that asks for leases on it asks later.
  std::string_view of(int process_directory);

 private:
  // Device, inode, and time of the last change in ns.
  using Identity = std::tuple<dev_t, ino_t, std::int64_t>;
  std::map<Identity, std::string_view> known_;  // bounded: forgotten when it is full
};

}  // namespace holdfast
