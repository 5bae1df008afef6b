// The stack of a Go program. It has no tables for exceptions, but one of its own, which the runtime needs for its
// tracebacks: functions, frame sizes, files, lines and what was inlined, in every binary, stripped or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/code_stack.h"
#include "harness/supervisor/stack/elf_file.h"
#include "harness/supervisor/stack/remote_memory.h"

namespace holdfast {

class GoTable {
 public:
  // None: it is not a program in Go, or its table is of an unknown kind (before 1.18, or not yet known).
  static std::optional<GoTable> find(const ElfFile& elf, std::uint64_t bias, RemoteMemory& memory);

  // The functions that a thread is in, from there on. `instruction` is where each goes on.
  void append_frames(std::uint64_t instruction, std::uint64_t stack, std::size_t most,
                     std::vector<CodeFrame>& frames);

 private:
  struct FunctionData;
  struct Function;
  explicit GoTable(RemoteMemory& memory) : memory_(&memory) {}
  std::optional<Function> function_at(std::uint64_t instruction);
  std::optional<std::int32_t> value_at(const Function& function, std::uint32_t table,
                                       std::uint64_t instruction);
  std::string name_at(std::uint32_t offset);
  void append_lines(const Function& function, std::uint64_t instruction, std::vector<CodeFrame>& frames);

  RemoteMemory* memory_;
  int pairs_left_ = 1'000'000;    // to be read from tables
  bool has_start_lines_ = false;  // since 1.20
  std::uint64_t functions_ = 0;
  std::uint64_t text_ = 0, names_ = 0, units_ = 0, files_ = 0, values_ = 0, table_ = 0;
  std::uint64_t function_data_ = 0;  // 0: not found
};

}  // namespace holdfast
