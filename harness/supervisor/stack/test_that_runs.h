// The test that a process runs, as far as its test runner tells others.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/code_stack.h"
#include "harness/supervisor/stack/remote_memory.h"

namespace holdfast {

// From the environment as it is now: pytest and others set a variable for each test, which /proc/PID/environ never
// shows. `variables`: the address of libc's `environ`.
std::string test_in_memory(RemoteMemory& memory, std::uint64_t variables);

// From the environment that the process was started with, NUL after each variable.
std::string test_in_environment(std::string_view variables);

// From the commands that led to a call: by ctest, or by node --test. The caller's own first, then its parent's, and
// so on.
std::string test_in_commands(const std::vector<std::vector<std::string>>& commands);
std::vector<std::vector<std::string>> commands_up_from(pid_t process);

// From the functions that are running: Go's Test…, unittest's test… and GoogleTest's TestBody.
std::string test_in_frames(const std::vector<CodeFrame>& frames);

}  // namespace holdfast
