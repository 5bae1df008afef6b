#include "harness/supervisor/look/runtime_of.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "harness/linux/descriptor.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

constexpr std::uint64_t most_sections = 4096;
constexpr std::uint64_t most_comment_bytes = 64U << 10U;
constexpr std::uint64_t most_constant_bytes = 8U << 20U;
constexpr std::size_t most_remembered = 4096;

template <typename Value>
bool read_value(const ReadAt& read_at, std::uint64_t offset, Value& value) {
  std::array<char, sizeof(Value)> bytes;
  if (read_at(offset, bytes) != bytes.size()) return false;
  std::memcpy(&value, bytes.data(), bytes.size());
  return true;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Whether `part` stands in the text with at least `digits` characters of `alphabet` behind it.
bool has_with_behind(std::string_view text, std::string_view part, std::size_t digits,
                     std::string_view alphabet) {
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    const auto behind = text.substr(at + part.size(), digits);
    if (behind.size() == digits && behind.find_first_not_of(alphabet) == std::string_view::npos) return true;
  }
  return false;
}

// Where rustc's standard library was built stands in the messages of its panics: under "/rustc/" and a commit, or
// where Debian keeps it. Symbols may be stripped, these may not.
bool has_rust_path(std::string_view text) {
  return has_with_behind(text, "/rustc/", 40, "0123456789abcdef") ||
         has_with_behind(text, "/usr/src/rustc-", 1, "0123456789");
}

// Whether `found` says so of any window of at most `bytes` bytes; windows overlap by more than what is looked for.
template <typename Found>
bool search(const ReadAt& read_at, std::uint64_t offset, std::uint64_t bytes, Found found) {
  constexpr std::size_t window = 64U << 10U, overlap = 64;
  std::vector<char> buffer(window + overlap);
  std::size_t kept = 0;
  while (bytes > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, window));
    const std::size_t got = read_at(offset, std::span(buffer).subspan(kept, wanted));
    if (got == 0) return false;
    const std::string_view text(buffer.data(), kept + got);
    if (found(text)) return true;
    const std::size_t keep = std::min(overlap, text.size());
    std::memmove(buffer.data(), buffer.data() + text.size() - keep, keep);
    kept = keep;
    offset += got;
    bytes -= got;
  }
  return false;
}

// The layout is the class of the file: Elf64_* or Elf32_*.
template <typename Header, typename Section>
std::string_view runtime_of_elf(const ReadAt& read_at) {
  Header header;
  if (!read_value(read_at, 0, header) || header.e_shentsize != sizeof(Section)) return "c";
  const std::uint64_t count = std::min<std::uint64_t>(header.e_shnum, most_sections);
  const auto section_at = [&](std::uint64_t index, Section& section) {
    // Offsets may be anything; what lies beyond the file is not read, and sums that overflow lie within it at worst.
    return read_value(read_at, std::uint64_t{header.e_shoff} + index * sizeof(Section), section);
  };
  Section names;
  if (header.e_shstrndx >= count || !section_at(header.e_shstrndx, names)) return "c";

  Section comment{}, constants{};
  for (std::uint64_t index = 0; index < count; ++index) {
    Section section;
    if (!section_at(index, section)) break;
    std::array<char, 24> bytes{};
    read_at(std::uint64_t{names.sh_offset} + section.sh_name, std::span(bytes).first(bytes.size() - 1));
    const std::string_view name(bytes.data());
    if (name == ".go.buildinfo" || name == ".note.go.buildid") return "go";
    if (section.sh_type == SHT_NOBITS) continue;
    if (name == ".comment") comment = section;
    if (name == ".rodata") constants = section;
  }
  const auto by_rustc = [](std::string_view text) { return contains(text, "rustc version "); };
  if (search(read_at, comment.sh_offset, std::min<std::uint64_t>(comment.sh_size, most_comment_bytes),
             by_rustc))
    return "rust";
  const auto bytes = std::min<std::uint64_t>(constants.sh_size, most_constant_bytes);
  return search(read_at, constants.sh_offset, bytes, has_rust_path) ? "rust" : "c";
}

// "python3.11" is `runtime` with its version behind it; "pythonista" is not.
bool is_versioned(std::string_view name, std::string_view runtime) {
  return name.starts_with(runtime) &&
         name.find_first_not_of("0123456789.", runtime.size()) == std::string_view::npos;
}

std::string_view runtime_of_name(std::string_view name) {
  constexpr std::string_view gone = " (deleted)";  // as /proc says of a program that was replaced
  if (name.ends_with(gone)) name.remove_suffix(gone.size());
  if (is_versioned(name, "python") || is_versioned(name, "pypy")) return "python";
  if (is_versioned(name, "node") || is_versioned(name, "nodejs")) return "node";
  if (name == "java") return "java";
  if (name == "dotnet") return "dotnet";
  return "";
}

}  // namespace

std::string_view runtime_of_contents(const ReadAt& read_at) {
  std::array<unsigned char, EI_NIDENT> identity{};
  if (!read_value(read_at, 0, identity) || std::memcmp(identity.data(), ELFMAG, SELFMAG) != 0) return "c";
  if (identity[EI_DATA] != ELFDATA2LSB) return "c";
  if (identity[EI_CLASS] == ELFCLASS64) return runtime_of_elf<Elf64_Ehdr, Elf64_Shdr>(read_at);
  if (identity[EI_CLASS] == ELFCLASS32) return runtime_of_elf<Elf32_Ehdr, Elf32_Shdr>(read_at);
  return "c";
}

std::string_view runtime_of(int executable, std::string_view file_name) {
  if (const auto known = runtime_of_name(file_name); !known.empty()) return known;
  if (executable < 0) return "c";
  return runtime_of_contents([executable](std::uint64_t offset, std::span<char> into) -> std::size_t {
    // An offset that pread() would take for negative is an error, and reads nothing.
    const ssize_t got = ::pread(executable, into.data(), into.size(), static_cast<off_t>(offset));
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  });
}

std::string_view Runtimes::of(int process_directory) {
  struct stat status {};
  const Descriptor executable(::openat(process_directory, "exe", O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const bool known_file = executable && ::fstat(executable.get(), &status) == 0;
  const Identity identity{status.st_dev, status.st_ino,
                          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
  if (known_file) {
    if (const auto found = known_.find(identity); found != known_.end()) return found->second;
  }
  const std::string path = link_target(process_directory, "exe");
  const std::string_view runtime =
      runtime_of(executable.get(), std::string_view(path).substr(path.rfind('/') + 1));
  if (known_file) {
    if (known_.size() >= most_remembered) known_.clear();
    known_.emplace(identity, runtime);
  }
  return runtime;
}

}  // namespace holdfast
