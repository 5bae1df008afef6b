// The parts of an ELF file that say which function is where. The file may lie: every number in it
// is checked before it is used.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

struct ElfSection {
  std::uint64_t address = 0, offset = 0, size = 0;
};

class ElfFile {
 public:
  // None if it is not an ELF file for this machine. `file` is only used here and in contents().
  static std::optional<ElfFile> read(int file);

  // What is added to its addresses where its header stands at `header`.
  [[nodiscard]] std::uint64_t bias(std::uint64_t header) const { return header - lowest_address_; }

  // The address of a variable that other programs look for; see wanted_objects in elf_file.cc.
  [[nodiscard]] std::optional<std::uint64_t> object(std::string_view name) const;

  // The function that an address of the file is in, as the linker calls it; empty: none known.
  [[nodiscard]] std::string_view function_at(std::uint64_t address) const;

  [[nodiscard]] const ElfSection* section(std::string_view name) const;

  // For a file with unwinding tables but no index of them: see eh_frame_table.h.
  [[nodiscard]] const std::string& made_unwind_table() const { return made_unwind_table_; }

  // A whole section; empty if there is none, or it is compressed or too large.
  [[nodiscard]] std::string contents(int file, std::string_view name) const;

 private:
  struct Function {
    std::uint64_t address = 0, size = 0;
    std::size_t name = 0;  // in names_
  };
  struct SymbolTable;
  void read_symbols(int file, const SymbolTable& table);

  std::uint64_t lowest_address_ = 0;
  std::map<std::string, ElfSection, std::less<>> sections_;
  std::map<std::string, std::uint64_t, std::less<>> objects_;
  std::vector<Function> functions_;  // by address
  std::string names_;
  std::string made_unwind_table_;
};

}  // namespace holdfast
