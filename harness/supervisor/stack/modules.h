// What is mapped into a process: its program, its libraries, and code that was made at run time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/supervisor/stack/remote_memory.h"

namespace holdfast {

struct Mapping {
  std::uint64_t begin = 0, end = 0, offset = 0;
  std::uint64_t inode = 0;
  bool executable = false;
  std::string path;  // empty: no file

  [[nodiscard]] bool contains(std::uint64_t address) const { return begin <= address && address < end; }
};

// Ordered by address, from the text of /proc/PID/maps. Lines that are none are left out.
std::vector<Mapping> parse_maps(std::string_view text);

// A file that is mapped as a program or library.
struct Module {
  std::string path;
  std::uint64_t inode = 0;
  std::uint64_t header = 0;  // where its ELF header is
};

class Modules {
 public:
  explicit Modules(std::vector<Mapping> mappings) : mappings_(std::move(mappings)) {}

  // Null: nothing is mapped there.
  [[nodiscard]] const Mapping* at(std::uint64_t address) const;

  // The file that this mapping belongs to; without a path if it belongs to none.
  [[nodiscard]] Module module_of(const Mapping& mapping) const;

  // Each file with code once, in the order of addresses.
  [[nodiscard]] std::vector<Module> with_code() const;

 private:
  std::vector<Mapping> mappings_;
};

}  // namespace holdfast
