// The files of what is mapped, read once each: a program calls many times, and its file seldom changes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "harness/linux/descriptor.h"
#include "harness/supervisor/stack/elf_file.h"
#include "harness/supervisor/stack/modules.h"
#include "harness/supervisor/stack/source_lines.h"

namespace holdfast {

// The file of a module as the process `proc` (/proc/PID) sees it; empty if it was replaced since, or is not a plain file.
Descriptor open_module(int proc, const Module& module);

class ModuleFiles {
 public:
  // Null if it cannot be read.
  std::shared_ptr<const ElfFile> find(int proc, const Module& module);

  // Null: it was compiled without -g, or cannot be read.
  std::shared_ptr<const SourceLines> find_lines(int proc, const Module& module);

 private:
  using Key =
      std::tuple<std::string, std::uint64_t, std::int64_t, std::int64_t>;  // path, inode, change, size
  struct Known {
    std::shared_ptr<const ElfFile> elf;
    std::shared_ptr<const SourceLines> lines;
    bool lines_read = false;
  };
  Known* look_up(int proc, const Module& module);

  std::map<Key, Known> known_;
};

}  // namespace holdfast
