// For tests: programs of other machines and classes, written byte by byte, since no compiler for them may be there.
#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace holdfast {

template <typename T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// What the kernel looks at first: enough to tell by, not enough to run.
inline std::string elf_header(unsigned char elf_class, std::uint16_t machine) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf_class;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = machine;
  return bytes_of(header);
}

// A static i386 program that renames a to b, writes "ran\n" and exits with 0: three calls.
inline std::string i386_program() {
  constexpr std::uint32_t base = 0x08048000, code_at = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);
  constexpr std::uint32_t code_bytes = 48, data = base + code_at + code_bytes;
  const auto set = [](char instruction, std::uint32_t value) { return instruction + bytes_of(value); };
  constexpr char eax = '\xB8', ebx = '\xBB', ecx = '\xB9', edx = '\xBA';
  const std::string call = "\xCD\x80";  // int 0x80
  std::string code = set(eax, 38) + set(ebx, data) + set(ecx, data + 2) + call;
  code += set(eax, 4) + set(ebx, 1) + set(ecx, data + 4) + set(edx, 4) + call;
  code += set(eax, 1) + std::string("\x31\xDB") + call;  // xor ebx, ebx
  code.resize(code_bytes, '\x90');
  code += std::string("a\0b\0ran\n", 8);

  Elf32_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_386;
  header.e_version = EV_CURRENT;
  header.e_entry = base + code_at;
  header.e_phoff = sizeof header;
  header.e_ehsize = sizeof header;
  header.e_phentsize = sizeof(Elf32_Phdr);
  header.e_phnum = 1;
  Elf32_Phdr segment{};
  segment.p_type = PT_LOAD;
  segment.p_vaddr = segment.p_paddr = base;
  segment.p_filesz = segment.p_memsz = static_cast<std::uint32_t>(code_at + code.size());
  segment.p_flags = PF_R | PF_X;
  segment.p_align = 0x1000;
  return bytes_of(header) + bytes_of(segment) + code;
}

}  // namespace holdfast
