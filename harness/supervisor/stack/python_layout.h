// Where CPython keeps what a stack is read from: differs by version, and is never told to others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast {

struct PythonVersion {
  int major = 0, minor = 0;
  bool operator==(const PythonVersion&) const = default;
};

// Bytes from the beginning of each structure, for 64-bit processors.
struct PythonLayout {
  PythonVersion version;
  std::uint32_t runtime_interpreters;  // _PyRuntimeState.interpreters.head
  std::uint32_t interpreter_next, interpreter_threads;
  std::uint32_t thread_next, thread_native_id, thread_cframe;
  std::uint32_t cframe_current;
  std::uint32_t frame_code, frame_previous, frame_last_instruction, frame_owner;
  std::uint8_t owner_is_c;  // such a frame does not stand for a function of the program; 255: there are none
  std::uint32_t code_first_line, code_file, code_name, code_lines, code_instructions;
  std::uint32_t ascii_text, compact_text;  // where the characters of a str begin
};

// None: nothing is known about that version.
const PythonLayout* find_python_layout(PythonVersion version);

// From PY_VERSION_HEX.
PythonVersion python_version_of(std::uint64_t hex);

// From the name of a program or library: "python3.11", "libpython3.9.so.1.0".
std::optional<PythonVersion> python_version_in(const std::string& path);

// "the lines of Python 3.14 cannot be read: known are 3.11 and 3.12"
std::string unknown_python_text(PythonVersion version);

}  // namespace holdfast
