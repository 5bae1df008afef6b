// The stack of a Python program, from its structures in memory: needs no registers, no help and no debugger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/code_stack.h"
#include "harness/supervisor/stack/python_layout.h"
#include "harness/supervisor/stack/remote_memory.h"

namespace holdfast {

// `runtime`: the address of _PyRuntime. `native_id`: the thread, as it calls itself. Empty if Python runs nothing in it.
std::vector<CodeFrame> python_frames(RemoteMemory& memory, const PythonLayout& layout, std::uint64_t runtime,
                                     std::uint64_t native_id);

}  // namespace holdfast
