#include "harness/supervisor/stack/elf_file.h"

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "harness/supervisor/stack/eh_frame_table.h"

namespace holdfast {
namespace {

constexpr std::uint64_t most_section_bytes = 64 << 20;

// libc's environment, by all its names; CPython's state and version.
constexpr std::array<std::string_view, 5> wanted_objects{"environ", "__environ", "_environ", "_PyRuntime",
                                                         "Py_Version"};

bool read_at(int file, std::uint64_t offset, void* to, std::size_t bytes) {
  return offset <= INT64_MAX &&
         ::pread(file, to, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
}

template <typename Entry>
std::vector<Entry> read_table(int file, std::uint64_t offset, std::uint64_t bytes) {
  if (bytes > most_section_bytes) return {};
  std::vector<Entry> entries(bytes / sizeof(Entry));
  if (!read_at(file, offset, entries.data(), entries.size() * sizeof(Entry))) entries.clear();
  return entries;
}

std::string read_text(int file, std::uint64_t offset, std::uint64_t bytes) {
  if (bytes > most_section_bytes) return {};
  std::string text(bytes, '\0');
  if (!read_at(file, offset, text.data(), bytes)) text.clear();
  return text;
}

std::string_view text_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  text.remove_prefix(at);
  return text.substr(0, text.find('\0'));
}

// Of the segment that the file begins with.
std::uint64_t lowest_address(const std::vector<Elf64_Phdr>& segments) {
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD) return (segment.p_vaddr - segment.p_offset) & ~std::uint64_t{4095};
  }
  return 0;
}

}  // namespace

struct ElfFile::SymbolTable {
  Elf64_Shdr symbols, names;
};

std::optional<ElfFile> ElfFile::read(int file) {
  Elf64_Ehdr header;
  if (!read_at(file, 0, &header, sizeof header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != EM_X86_64)
    return std::nullopt;
  ElfFile elf;
  elf.lowest_address_ = lowest_address(
      read_table<Elf64_Phdr>(file, header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr)));
  const auto sections =
      read_table<Elf64_Shdr>(file, header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr));
  if (header.e_shstrndx >= sections.size()) return elf;
  const Elf64_Shdr& name_section = sections[header.e_shstrndx];
  const std::string names = read_text(file, name_section.sh_offset, name_section.sh_size);
  int tables = 0;
  for (const Elf64_Shdr& section : sections) {
    const bool has_bytes = section.sh_type != SHT_NOBITS && (section.sh_flags & SHF_COMPRESSED) == 0;
    if (has_bytes)
      elf.sections_.try_emplace(std::string(text_at(names, section.sh_name)),
                                ElfSection{section.sh_addr, section.sh_offset, section.sh_size});
    const bool has_symbols = section.sh_type == SHT_SYMTAB || section.sh_type == SHT_DYNSYM;
    if (has_symbols && section.sh_link < sections.size() && ++tables <= 2)
      elf.read_symbols(file, {section, sections[section.sh_link]});
  }
  std::stable_sort(elf.functions_.begin(), elf.functions_.end(),
                   [](const Function& a, const Function& b) { return a.address < b.address; });
  const ElfSection* const frames = elf.section(".eh_frame");
  if (frames != nullptr && elf.section(".eh_frame_hdr") == nullptr)
    elf.made_unwind_table_ = make_eh_frame_table(elf.contents(file, ".eh_frame"), frames->address);
  return elf;
}

void ElfFile::read_symbols(int file, const SymbolTable& table) {
  const std::string names = read_text(file, table.names.sh_offset, table.names.sh_size);
  const std::size_t first = names_.size();
  for (const Elf64_Sym& symbol :
       read_table<Elf64_Sym>(file, table.symbols.sh_offset, table.symbols.sh_size)) {
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_name >= names.size()) continue;
    const auto type = ELF64_ST_TYPE(symbol.st_info);
    if (type == STT_FUNC) functions_.push_back({symbol.st_value, symbol.st_size, first + symbol.st_name});
    if (type != STT_OBJECT) continue;
    const std::string_view name = text_at(names, symbol.st_name);
    if (std::find(wanted_objects.begin(), wanted_objects.end(), name) != wanted_objects.end())
      objects_.try_emplace(std::string(name), symbol.st_value);
  }
  names_ += names;
  names_ += '\0';
}

std::optional<std::uint64_t> ElfFile::object(std::string_view name) const {
  const auto found = objects_.find(name);
  return found == objects_.end() ? std::nullopt : std::optional(found->second);
}

std::string_view ElfFile::function_at(std::uint64_t address) const {
  auto after = std::upper_bound(
      functions_.begin(), functions_.end(), address,
      [](std::uint64_t wanted, const Function& function) { return wanted < function.address; });
  // Several may begin there; what the assembler wrote has no size, and ends where the next begins.
  constexpr int most_looked_at = 8;
  for (int looked = 0; after != functions_.begin() && looked < most_looked_at; ++looked) {
    const Function& function = *--after;
    if (function.size == 0 || address - function.address < function.size)
      return text_at(names_, function.name);
  }
  return {};
}

const ElfSection* ElfFile::section(std::string_view name) const {
  const auto found = sections_.find(name);
  return found == sections_.end() ? nullptr : &found->second;
}

std::string ElfFile::contents(int file, std::string_view name) const {
  const ElfSection* const found = section(name);
  return found == nullptr ? std::string() : read_text(file, found->offset, found->size);
}

}  // namespace holdfast
