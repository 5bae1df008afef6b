// The rules that decide, printed: a table for people, every single decision for machines.
#include <fmt/core.h>

#include <array>

#include "harness/cli/command_line.h"
#include "harness/sharing/profile.h"

namespace holdfast {
namespace {

struct HeldOperation {
  const char* name;
  const char* title;
  std::uint16_t (*code)(std::span<const Handle>);
};

constexpr std::array held_operations{
    HeldOperation{"replace-onto", "move onto", replace_onto},
    HeldOperation{"posix-replace-onto", "POSIX onto", posix_replace_onto},
    HeldOperation{"rename-of", "rename", rename_of},
    HeldOperation{"delete", "delete", delete_of},
};

constexpr FileBits all_bits = read_bit | write_bit | delete_bit;

void print_every_decision() {
  for (FileBits a1 = 0; a1 <= all_bits; ++a1) {
    for (FileBits s1 = 0; s1 <= all_bits; ++s1) {
      for (FileBits a2 = 0; a2 <= all_bits; ++a2) {
        for (FileBits s2 = 0; s2 <= all_bits; ++s2) {
          const std::array holder{Handle{a1, s1}};
          fmt::print("{{\"a1\":\"{}\",\"s1\":\"{}\",\"a2\":\"{}\",\"s2\":\"{}\",\"code\":{}}}\n", to_set(a1),
                     to_set(s1), to_set(a2), to_set(s2), open_beside({a2, s2}, holder));
        }
      }
    }
  }
  for (const HeldOperation& operation : held_operations) {
    for (FileBits access = 0; access <= all_bits; ++access) {
      for (FileBits share = 0; share <= all_bits; ++share) {
        const std::array holder{Handle{access, share}};
        fmt::print("{{\"op\":\"{}\",\"a\":\"{}\",\"s\":\"{}\",\"code\":{}}}\n", operation.name,
                   to_set(access), to_set(share), operation.code(holder));
      }
    }
  }
}

void print_table() {
  constexpr std::array<Handle, 5> holders{
      {{read_bit, read_bit | write_bit}, {read_bit, all_bits}, {read_bit, read_bit}, {read_bit, 0}, {0, 0}}};
  fmt::print("What Windows answers to whoever wants a file that another handle is open on (0: done):\n\n");
  fmt::print("  {:<18}  {:>4}  {:>5}", "handle", "read", "write");
  for (const HeldOperation& operation : held_operations) fmt::print("  {:>10}", operation.title);
  fmt::print("\n");
  for (const Handle& holder : holders) {
    const std::array held{holder};
    const std::string handle =
        holder.access == 0 ? std::string("attributes only")
                           : fmt::format("{} shares {}", to_letters(holder.access), to_letters(holder.share));
    fmt::print("  {:<18}  {:>4}  {:>5}", handle, open_beside({read_bit, all_bits}, held),
               open_beside({write_bit, all_bits}, held));
    for (const HeldOperation& operation : held_operations) fmt::print("  {:>10}", operation.code(held));
    fmt::print("\n");
  }
  fmt::print(
      "\n5 access denied, 32 sharing violation. Move: MoveFileEx; POSIX: FileRenameInfoEx.\n\nWhat an "
      "ordinary open shares, by runtime:\n\n");
  for (const std::string_view name : profile_names()) {
    fmt::print("  {:<10} {}\n", name, to_letters(find_profile(name)->share));
  }
  fmt::print("\n'holdfast rules --json' prints every decision, one JSON object a line.\n");
}

}  // namespace

int carry_out(const RulesCommand& command) {
  command.json ? print_every_decision() : print_table();
  return 0;
}

}  // namespace holdfast
