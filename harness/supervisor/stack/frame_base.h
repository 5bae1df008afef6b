// The frame pointer of a function that keeps its frame by it, as those do that are compiled without optimisation.
//
// The kernel does not tell it without stopping the thread. But such a function says in its first instructions how large
// its frame is, and above its frame stands the address that it returns to: right behind a call of it.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/supervisor/stack/modules.h"
#include "harness/supervisor/stack/remote_memory.h"

namespace holdfast {

// `function`: where it begins; `stack`: the stack pointer in it, as it was before it called what runs now. None: not found.
std::optional<std::uint64_t> find_frame_base(std::uint64_t function, std::uint64_t stack,
                                             const Modules& modules, RemoteMemory& memory);

}  // namespace holdfast
