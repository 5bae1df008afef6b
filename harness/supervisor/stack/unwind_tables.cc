#include "harness/supervisor/stack/unwind_tables.h"

#include <elf.h>
#include <libunwind-x86_64.h>

#include <cstdlib>
#include <cstring>

#include "harness/linux/proc.h"

// Exported for unwinders of other processes, as perf is one; its header is not installed.
extern "C" int _Ux86_64_dwarf_search_unwind_table(  // NOLINT(bugprone-reserved-identifier)
    unw_addr_space_t, unw_word_t, unw_dyn_info_t*, unw_proc_info_t*, int, void*);

// Only for resuming one's own threads, which nobody here does. It stands in libunwind.a, which would also take over this
// program's own exceptions.
extern "C" [[noreturn]] void _Ux86_64_setcontext() {  // NOLINT(bugprone-reserved-identifier)
  std::abort();
}

namespace holdfast {
namespace {

// What libunwind asks for, it asks by these.
struct Asked {
  const Registers& registers;
  const NativeSource& source;
  std::shared_ptr<const ElfFile> made_for;  // whose table it reads at made_table_at
};

// No address of a process: its table was made by us.
constexpr std::uint64_t made_table_at = 0xF000'0000'0000'0000;

Asked& asked(void* argument) {
  return *static_cast<Asked*>(argument);
}

struct TablePlace {
  std::uint64_t begin = 0, end = 0;  // of the code
  std::uint64_t header = 0;          // of .eh_frame_hdr; 0: there is none
  Module module;
};

// From the headers in memory: the file may be another one by now.
std::optional<TablePlace> find_table(Asked& from, std::uint64_t instruction) {
  constexpr unsigned most_segments = 64;
  const Mapping* const mapping = from.source.modules.at(instruction);
  if (mapping == nullptr) return std::nullopt;
  TablePlace place{mapping->begin, mapping->end, 0, from.source.modules.module_of(*mapping)};
  const std::uint64_t header_at = mapping->inode != 0 ? place.module.header : mapping->begin;
  const auto header = from.source.memory.value<Elf64_Ehdr>(header_at);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
  std::optional<std::uint64_t> bias;
  for (unsigned i = 0; i < header->e_phnum && i < most_segments; ++i) {
    const auto segment =
        from.source.memory.value<Elf64_Phdr>(header_at + header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) return std::nullopt;
    if (segment->p_type == PT_LOAD && !bias)
      bias = header_at - ((segment->p_vaddr - segment->p_offset) & ~std::uint64_t{4095});
    if (segment->p_type == PT_GNU_EH_FRAME) place.header = segment->p_vaddr;
  }
  if (!bias) return std::nullopt;
  if (place.header != 0) place.header += *bias;
  return place;
}

int search_made_table(unw_addr_space_t space, unw_word_t instruction, const TablePlace& place,
                      unw_proc_info_t* info, int need, void* argument) {
  Asked& from = asked(argument);
  const auto elf = from.source.file_of(place.module);
  if (!elf || elf->made_unwind_table().empty()) return -UNW_ENOINFO;
  from.made_for = elf;
  unw_dyn_info_t table{};
  table.format = UNW_INFO_FORMAT_REMOTE_TABLE;
  table.start_ip = place.begin;
  table.end_ip = place.end;
  table.u.rti.segbase = elf->section(".eh_frame")->address + elf->bias(place.module.header);
  table.u.rti.table_data = made_table_at;
  table.u.rti.table_len = elf->made_unwind_table().size() / sizeof(unw_word_t);
  return _Ux86_64_dwarf_search_unwind_table(space, instruction, &table, info, need, argument);
}

int find_proc_info(unw_addr_space_t space, unw_word_t instruction, unw_proc_info_t* info, int need,
                   void* argument) {
  Asked& from = asked(argument);
  const auto place = find_table(from, instruction);
  if (!place) return -UNW_ENOINFO;
  if (place->header == 0) return search_made_table(space, instruction, *place, info, need, argument);
  struct {
    std::uint8_t version, frame_encoding, count_encoding, table_encoding;
    std::int32_t frame;
    std::uint32_t count;
  } header;
  // The only layout that linkers write: offsets of four bytes, sorted.
  constexpr std::uint8_t relative_to_here = 0x1B, plain = 0x03, relative_to_table = 0x3B;
  if (!from.source.memory.read(place->header, &header, sizeof header) || header.version != 1 ||
      header.frame_encoding != relative_to_here || header.count_encoding != plain ||
      header.table_encoding != relative_to_table)
    return -UNW_ENOINFO;
  unw_dyn_info_t table{};
  table.format = UNW_INFO_FORMAT_REMOTE_TABLE;
  table.start_ip = place->begin;
  table.end_ip = place->end;
  table.u.rti.segbase = place->header;
  table.u.rti.table_data = place->header + sizeof header;
  table.u.rti.table_len = std::uint64_t{header.count} * 8 / sizeof(unw_word_t);
  return _Ux86_64_dwarf_search_unwind_table(space, instruction, &table, info, need, argument);
}

void put_unwind_info(unw_addr_space_t, unw_proc_info_t*, void*) {}

int no_dynamic_code(unw_addr_space_t, unw_word_t*, void*) {
  return -UNW_ENOINFO;
}

int access_memory(unw_addr_space_t, unw_word_t address, unw_word_t* value, int write, void* argument) {
  if (write != 0) return -UNW_EINVAL;
  Asked& from = asked(argument);
  if (from.made_for != nullptr && address >= made_table_at) {
    const std::string& table = from.made_for->made_unwind_table();
    const std::uint64_t at = address - made_table_at;
    if (at > table.size() || table.size() - at < sizeof *value) return -UNW_EINVAL;
    std::memcpy(value, table.data() + at, sizeof *value);
    return 0;
  }
  return from.source.memory.read(address, value, sizeof *value) ? 0 : -UNW_EINVAL;
}

int access_register(unw_addr_space_t, unw_regnum_t number, unw_word_t* value, int write, void* argument) {
  const Registers& registers = asked(argument).registers;
  if (write != 0) return -UNW_EREADONLYREG;
  if (number == UNW_X86_64_RIP) {
    *value = registers.instruction;
  } else if (number == UNW_X86_64_RSP) {
    *value = registers.stack;
  } else if (number == UNW_X86_64_RBP && registers.frame_base) {
    *value = *registers.frame_base;
  } else {
    return -UNW_EBADREG;
  }
  return 0;
}

int access_float(unw_addr_space_t, unw_regnum_t, unw_fpreg_t*, int, void*) {
  return -UNW_EBADREG;
}

int resume(unw_addr_space_t, unw_cursor_t*, void*) {
  return -UNW_EINVAL;
}

int name_function(unw_addr_space_t, unw_word_t, char*, std::size_t, unw_word_t*, void*) {
  return -UNW_ENOINFO;
}

unw_accessors_t accessors{find_proc_info,  put_unwind_info, no_dynamic_code, access_memory,
                          access_register, access_float,    resume,          name_function};

}  // namespace

// "82 0x… (six arguments) 0x… (stack) 0x… (instruction)"; "running" if it is in none.
std::optional<Registers> read_registers(int proc) {
  constexpr int numbers_before = 7;
  const std::string text = read_proc_file(proc, "syscall");
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  char* next = nullptr;
  const char* at = text.c_str();
  for (int i = 0; i < numbers_before; ++i, at = next) std::strtoull(at, &next, 0);
  Registers registers;
  registers.stack = std::strtoull(at, &next, 0);
  registers.instruction = std::strtoull(next, &next, 0);
  return registers.instruction == 0 ? std::nullopt : std::optional(registers);
}

UnwindTables::UnwindTables() : space_(unw_create_addr_space(&accessors, 0)) {
  // It would remember one process's functions for another.
  unw_set_caching_policy(static_cast<unw_addr_space_t>(space_), UNW_CACHE_NONE);
}

UnwindTables::~UnwindTables() {
  unw_destroy_addr_space(static_cast<unw_addr_space_t>(space_));
}

UnwindTables::Walk UnwindTables::walk(const Registers& registers, const NativeSource& source,
                                      std::size_t most) {
  Walk walk;
  Asked from{registers, source, nullptr};
  unw_cursor_t cursor;
  if (unw_init_remote(&cursor, static_cast<unw_addr_space_t>(space_), &from) != 0) return walk;
  for (;;) {
    Step step;
    if (unw_get_reg(&cursor, UNW_REG_IP, &step.instruction) != 0 ||
        unw_get_reg(&cursor, UNW_REG_SP, &step.stack) != 0 || step.instruction == 0)
      return walk;
    if (!walk.steps.empty() && step.stack <= walk.steps.back().stack) return walk;  // the stack only shrinks
    walk.steps.push_back(step);
    if (walk.steps.size() >= most) return walk;
    const int stepped = unw_step(&cursor);
    if (stepped > 0) continue;
    walk.lacks_frame_base = stepped == -UNW_EBADREG && !registers.frame_base;
    unw_proc_info_t info;
    if (walk.lacks_frame_base && unw_get_proc_info(&cursor, &info) == 0) walk.function = info.start_ip;
    return walk;
  }
}

}  // namespace holdfast
