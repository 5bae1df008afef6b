// Which system calls are trapped, and what their arguments mean.
#pragma once

#include <linux/seccomp.h>

#include <cstdint>
#include <optional>
#include <span>

#include "harness/history/event.h"

namespace holdfast {

// Decided and carried out by the supervisor.
std::span<const long> decided_calls();

// Let through; they only tell that callers may no longer be who the supervisor is.
std::span<const long> identity_calls();
bool is_identity_call(long number);

// A decided call in one shape: the *at form, paths still in the caller's memory.
struct TrappedCall {
  Function function = Function::none;
  int from_directory = 0;       // as the caller numbers it; AT_FDCWD
  std::uint64_t from_path = 0;  // address in the caller
  int to_directory = 0;         // rename and link
  std::uint64_t to_path = 0;
  unsigned flags = 0;       // of renameat2 or linkat
  bool flags_known = true;  // false: the kernel shall say what is wrong with them
};

// None for every other call.
std::optional<TrappedCall> decode(const seccomp_data& data);

}  // namespace holdfast
