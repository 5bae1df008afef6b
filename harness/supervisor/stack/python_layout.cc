#include "harness/supervisor/stack/python_layout.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace holdfast {
namespace {

// As offsetof() says with each version's own headers (Include/internal/pycore_*.h); the same in all of its releases.
constexpr std::array layouts{
    PythonLayout{.version = {3, 11},
                 .runtime_interpreters = 40,
                 .interpreter_next = 0,
                 .interpreter_threads = 16,
                 .thread_next = 8,
                 .thread_native_id = 160,
                 .thread_cframe = 56,
                 .cframe_current = 8,
                 .frame_code = 32,
                 .frame_previous = 48,
                 .frame_last_instruction = 56,
                 .frame_owner = 69,
                 .owner_is_c = 255,
                 .code_first_line = 72,
                 .code_file = 112,
                 .code_name = 128,
                 .code_lines = 136,
                 .code_instructions = 184,
                 .ascii_text = 48,
                 .compact_text = 72},
    PythonLayout{.version = {3, 12},
                 .runtime_interpreters = 40,
                 .interpreter_next = 0,
                 .interpreter_threads = 72,
                 .thread_next = 8,
                 .thread_native_id = 144,
                 .thread_cframe = 56,
                 .cframe_current = 0,
                 .frame_code = 0,
                 .frame_previous = 8,
                 .frame_last_instruction = 56,
                 .frame_owner = 70,
                 .owner_is_c = 3,
                 .code_first_line = 68,
                 .code_file = 112,
                 .code_name = 128,
                 .code_lines = 136,
                 .code_instructions = 192,
                 .ascii_text = 40,
                 .compact_text = 56},
};

}  // namespace

const PythonLayout* find_python_layout(PythonVersion version) {
  const auto found = std::find_if(layouts.begin(), layouts.end(),
                                  [&](const PythonLayout& layout) { return layout.version == version; });
  return found == layouts.end() ? nullptr : &*found;
}

PythonVersion python_version_of(std::uint64_t hex) {
  return {static_cast<int>(hex >> 24 & 0xFF), static_cast<int>(hex >> 16 & 0xFF)};
}

std::optional<PythonVersion> python_version_in(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::size_t prefix = name.starts_with("libpython") ? 9 : name.starts_with("python") ? 6 : 0;
  if (prefix == 0) return std::nullopt;
  PythonVersion version;
  char* next = nullptr;
  version.major = static_cast<int>(std::strtol(name.c_str() + prefix, &next, 10));
  if (version.major <= 0 || *next != '.') return std::nullopt;
  char* const minor = next + 1;
  version.minor = static_cast<int>(std::strtol(minor, &next, 10));
  return next == minor ? std::nullopt : std::optional(version);
}

std::string unknown_python_text(PythonVersion version) {
  std::string known;
  for (const PythonLayout& layout : layouts)
    known += fmt::format("{}{}.{}", known.empty() ? "" : " and ", layout.version.major, layout.version.minor);
  return fmt::format(
      "the lines of Python {}.{} cannot be read, only those of {}; --enforce gives a traceback",
      version.major, version.minor, known);
}

}  // namespace holdfast
