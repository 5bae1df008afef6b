#include "harness/supervisor/stack/frame_base.h"

#include <array>
#include <cstring>
#include <string_view>

namespace holdfast {
namespace {

constexpr std::uint64_t word_bytes = 8, stack_alignment = 16;

using Code = std::array<unsigned char, 64>;

bool starts_with(const Code& code, std::size_t at, std::string_view bytes) {
  return at + bytes.size() <= code.size() && std::memcmp(code.data() + at, bytes.data(), bytes.size()) == 0;
}

// How far below the saved frame pointer the stack pointer is in such a function; none: it begins otherwise.
std::optional<std::uint64_t> frame_size(std::uint64_t function, RemoteMemory& memory) {
  const auto read = memory.value<Code>(function);
  if (!read) return std::nullopt;
  const Code& code = *read;
  std::size_t at = starts_with(code, 0, "\xF3\x0F\x1E\xFA") ? 4 : 0;    // endbr64
  if (!starts_with(code, at, "\x55\x48\x89\xE5")) return std::nullopt;  // push rbp; mov rbp, rsp
  at += 4;
  std::uint64_t size = 0;
  for (int pushes = 0; pushes < 5; ++pushes) {  // rbx, r12 to r15
    const bool high = code[at] == 0x41;
    const unsigned char push = high ? code[at + 1] : code[at];
    if (push < 0x50 || push > 0x57) break;
    at += high ? 2 : 1;
    size += word_bytes;
  }
  if (starts_with(code, at, "\x48\x83\xEC")) return size + code[at + 3];  // sub rsp, one byte
  if (!starts_with(code, at, "\x48\x81\xEC")) return size;
  std::uint32_t wide = 0;
  std::memcpy(&wide, code.data() + at + 3, sizeof wide);
  return size + wide;
}

enum class Called { nothing, something, this_function };

// What a jump of the linkage table leads to; 0: it is none.
std::uint64_t linked_to(std::uint64_t target, RemoteMemory& memory) {
  const auto read = memory.value<std::array<unsigned char, 16>>(target);
  if (!read) return 0;
  std::size_t at = std::memcmp(read->data(), "\xF3\x0F\x1E\xFA", 4) == 0 ? 4 : 0;
  if ((*read)[at] == 0xF2) ++at;  // bnd
  if ((*read)[at] != 0xFF || (*read)[at + 1] != 0x25) return 0;
  std::int32_t distance = 0;
  std::memcpy(&distance, read->data() + at + 2, sizeof distance);
  return memory.word(target + at + 6 + static_cast<std::uint64_t>(std::int64_t{distance})).value_or(0);
}

// What was called by the instruction before `address`.
Called called_before(std::uint64_t address, std::uint64_t function, const Modules& modules,
                     RemoteMemory& memory) {
  constexpr std::size_t longest = 8, shortest_indirect = 2;
  const Mapping* const mapping = modules.at(address);
  if (mapping == nullptr || !mapping->executable) return Called::nothing;
  const auto read = memory.value<std::array<unsigned char, longest>>(address - longest);
  if (!read) return Called::nothing;
  if ((*read)[3] == 0xE8) {  // call, relative
    std::int32_t distance = 0;
    std::memcpy(&distance, read->data() + 4, sizeof distance);
    const std::uint64_t target = address + static_cast<std::uint64_t>(std::int64_t{distance});
    if (target == function || linked_to(target, memory) == function) return Called::this_function;
  }
  for (std::size_t back = shortest_indirect; back < longest; ++back) {
    const bool is_call = (*read)[longest - back] == 0xFF && ((*read)[longest - back + 1] >> 3 & 7) == 2;
    if (is_call) return Called::something;
  }
  return Called::nothing;
}

}  // namespace

std::optional<std::uint64_t> find_frame_base(std::uint64_t function, std::uint64_t stack,
                                             const Modules& modules, RemoteMemory& memory) {
  constexpr std::uint64_t most_looked_through = 256 << 10;
  if (function == 0) return std::nullopt;
  const auto called_from = [&](std::uint64_t base) {
    return called_before(memory.word(base + word_bytes).value_or(0), function, modules, memory);
  };
  if (const auto size = frame_size(function, memory)) {
    if (called_from(stack + *size) != Called::nothing) return stack + *size;
  }
  // It took more than it says at its beginning: for an array of variable length, or arguments.
  const std::uint64_t aligned = (stack + stack_alignment - 1) & ~(stack_alignment - 1);
  for (std::uint64_t base = aligned; base < aligned + most_looked_through; base += stack_alignment) {
    if (!memory.word(base)) break;
    if (called_from(base) == Called::this_function) return base;
  }
  return std::nullopt;
}

}  // namespace holdfast
