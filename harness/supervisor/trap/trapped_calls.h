// Which system calls are trapped, and what their arguments mean.
#pragma once

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/history/event.h"

namespace holdfast {

#if defined(__x86_64__)
inline constexpr std::uint32_t native_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
inline constexpr std::uint32_t native_architecture = AUDIT_ARCH_AARCH64;
#else
#error "the filter knows x86-64 and aarch64 only"
#endif

// In the numbers of x32 calls, which have the native architecture.
inline constexpr std::uint32_t x32_bit = 0x40000000;

// Made by a 32-bit program, or by `int 0x80`: its numbers mean other calls, and none is judged. Of such a call the functions
// below must not be asked.
bool is_32_bit(const seccomp_data& data);

// Renames, removals and links: decided and carried out by the supervisor.
std::vector<long> decided_calls();

// open*, creat, truncate and open_by_handle_at: trapped where everybody's opens are decided (harness/scenario/plan/decided_opens.cc).
std::vector<long> open_calls();

// Those of them that create a file if O_CREAT is among their flags, and which argument has the flags.
std::vector<std::pair<long, std::size_t>> creating_calls();

// Let through; they only tell that callers may no longer be who the supervisor is.
std::vector<long> identity_calls();
bool is_identity_call(const seccomp_data& data);

// By which a process begins to confine itself with Landlock. What it forbids itself is known to the kernel alone, and would
// not hold for what the supervisor does in its place.
std::vector<long> confinement_calls();
bool is_confinement_call(const seccomp_data& data);

// A decided call in one shape: the *at form, paths still in the caller's memory.
struct TrappedCall {
  Function function = Function::none;
  int from_directory = 0;       // as the caller numbers it; AT_FDCWD
  std::uint64_t from_path = 0;  // address in the caller
  int to_directory = 0;         // rename and link
  std::uint64_t to_path = 0;
  unsigned flags = 0;       // of renameat2 or linkat
  bool flags_known = true;  // false: left for the kernel to reject
  // Of open, as openat2() takes them; those of an openat2 are in the caller's memory, `how_bytes` at `how`.
  std::uint64_t open_flags = 0;
  std::uint64_t mode = 0;
  std::uint64_t how = 0;
  std::uint64_t how_bytes = 0;
  std::int64_t length = 0;  // of truncate; below 0: left for the kernel to reject
  bool by_handle = false;   // open_by_handle_at: there is no path
};

// nullopt for every other call.
std::optional<TrappedCall> decode(const seccomp_data& data);

}  // namespace holdfast
