#include "harness/linux/program_file.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

#if defined(__x86_64__)
constexpr std::uint16_t own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t own_machine = EM_AARCH64;
#endif

constexpr std::size_t looked_at_bytes = 256;  // BINPRM_BUF_SIZE: the kernel looks no further either
constexpr int most_files = 6;                 // exec_binprm in fs/exec.c: a program behind five interpreters

// Empty if that is no file which may be both executed and read.
std::string beginning_of(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      ::access(path.c_str(), X_OK) != 0)
    return {};
  std::array<char, looked_at_bytes> bytes{};
  const ssize_t got = ::read(file.get(), bytes.data(), bytes.size());
  return {bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

// The header up to the machine is the same in both classes.
bool is_foreign_elf(std::string_view bytes) {
  std::uint16_t machine = 0;
  constexpr std::size_t machine_at = offsetof(Elf64_Ehdr, e_machine);
  static_assert(machine_at == offsetof(Elf32_Ehdr, e_machine));
  if (!bytes.starts_with(ELFMAG) || bytes.size() < machine_at + sizeof machine) return false;
  std::memcpy(&machine, bytes.data() + machine_at, sizeof machine);
  return bytes[EI_CLASS] != ELFCLASS64 || machine != own_machine;
}

// As load_script in fs/binfmt_script.c reads it; empty if there is none.
std::string interpreter_in(std::string_view bytes) {
  if (!bytes.starts_with("#!")) return {};
  const std::string_view line = bytes.substr(2, bytes.find('\n') - 2);
  const auto begin = line.find_first_not_of(" \t");
  if (begin == line.npos) return {};
  const auto end = line.find_first_of(std::string_view(" \t\0", 3), begin);
  // Cut off where the kernel stops reading, it is none.
  if (end == line.npos && 2 + line.size() == looked_at_bytes) return {};
  return std::string(line.substr(begin, end - begin));
}

}  // namespace

std::string find_program(const std::string& name, const std::string& places, const std::string& directory) {
  if (name.find('/') != name.npos) return name;
  std::stringstream all(places + ":");  // an empty place is the directory itself, the last one too
  for (std::string place; std::getline(all, place, ':');) {
    const auto candidate = std::filesystem::path(place) / name;
    const auto file = directory / candidate;
    std::error_code error;
    if (::access(file.c_str(), X_OK) == 0 && !std::filesystem::is_directory(file, error))
      return candidate.string();
  }
  return {};
}

std::optional<std::string> foreign_program(const std::string& file, const std::string& directory) {
  std::string next = file;
  for (int files = 0; files < most_files && !next.empty(); ++files) {
    const std::string bytes = beginning_of(directory / std::filesystem::path(next));
    if (is_foreign_elf(bytes)) return next;
    next = interpreter_in(bytes);
  }
  return std::nullopt;
}

std::string foreign_program_text(const std::string& file) {
  return fmt::format(
      "{} is not a 64-bit program for this machine's architecture, and Holdfast judges no others", file);
}

}  // namespace holdfast
