#include "harness/supervisor/stack/python_stack.h"

#include "harness/supervisor/stack/python_lines.h"

namespace holdfast {
namespace {

constexpr int most_interpreters = 64, most_threads = 4096, most_steps = 1024;
constexpr std::size_t most_python_frames = 64;
constexpr std::uint64_t bytes_object_size = 16, bytes_object_text = 32;  // PyBytesObject

void append_utf8(std::string& text, std::uint32_t code) {
  const auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
  if (code >= 0xDC80 && code <= 0xDCFF) {  // a byte of a name that is not UTF-8 (PEP 383)
    byte(code & 0xFF);
  } else if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 63));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 63));
    byte(0x80 | (code & 63));
  } else {
    byte(0xF0 | (code >> 18 & 7));
    byte(0x80 | (code >> 12 & 63));
    byte(0x80 | (code >> 6 & 63));
    byte(0x80 | (code & 63));
  }
}

// A str: characters of 1, 2 or 4 bytes, as many as the widest needs (PyASCIIObject, PyCompactUnicodeObject).
std::string read_str(RemoteMemory& memory, const PythonLayout& layout, std::uint64_t address) {
  constexpr std::uint64_t length_at = 16, state_at = 32, most_characters = 4096;
  const auto length = memory.word(address + length_at);
  const auto state = memory.value<std::uint32_t>(address + state_at);
  if (!length || !state || *length > most_characters) return {};
  const std::uint32_t width = *state >> 2 & 7U;
  const bool compact = (*state >> 5 & 1U) != 0, ascii = (*state >> 6 & 1U) != 0;
  if (!compact || (width != 1 && width != 2 && width != 4)) return {};
  const auto raw = memory.bytes(address + (ascii ? layout.ascii_text : layout.compact_text), *length * width);
  if (!raw) return {};
  std::string text;
  for (std::size_t i = 0; i < raw->size(); i += width) {
    std::uint32_t code = 0;
    for (std::uint32_t b = 0; b < width; ++b)
      code |= static_cast<std::uint32_t>(static_cast<unsigned char>((*raw)[i + b])) << 8 * b;
    append_utf8(text, code);
  }
  return text;
}

// The thread's state in any interpreter; 0: none.
std::uint64_t find_thread(RemoteMemory& memory, const PythonLayout& layout, std::uint64_t runtime,
                          std::uint64_t native_id) {
  std::uint64_t interpreter = memory.word(runtime + layout.runtime_interpreters).value_or(0);
  for (int i = 0; interpreter != 0 && i < most_interpreters; ++i) {
    std::uint64_t thread = memory.word(interpreter + layout.interpreter_threads).value_or(0);
    for (int t = 0; thread != 0 && t < most_threads; ++t) {
      if (memory.word(thread + layout.thread_native_id) == native_id) return thread;
      thread = memory.word(thread + layout.thread_next).value_or(0);
    }
    interpreter = memory.word(interpreter + layout.interpreter_next).value_or(0);
  }
  return 0;
}

CodeFrame frame_at(RemoteMemory& memory, const PythonLayout& layout, std::uint64_t address) {
  const std::uint64_t code = memory.word(address + layout.frame_code).value_or(0);
  const auto instruction = memory.word(address + layout.frame_last_instruction);
  const auto first_line = memory.value<std::int32_t>(code + layout.code_first_line);
  CodeFrame frame;
  frame.function = read_str(memory, layout, memory.word(code + layout.code_name).value_or(0));
  frame.file = read_str(memory, layout, memory.word(code + layout.code_file).value_or(0));
  const std::uint64_t table = memory.word(code + layout.code_lines).value_or(0);
  const auto size = memory.word(table + bytes_object_size);
  if (!instruction || !first_line || !size) return frame;
  // Before the first instruction, it points to the one before: that is the line of the definition.
  const std::uint64_t begin = code + layout.code_instructions;
  const auto lines = memory.bytes(table + bytes_object_text, *size);
  if (*instruction < begin) {
    frame.line = *first_line;
  } else if (lines) {
    frame.line = python_line(*lines, *first_line, (*instruction - begin) / 2);
  }
  return frame;
}

}  // namespace

std::vector<CodeFrame> python_frames(RemoteMemory& memory, const PythonLayout& layout, std::uint64_t runtime,
                                     std::uint64_t native_id) {
  std::vector<CodeFrame> frames;
  const std::uint64_t thread = find_thread(memory, layout, runtime, native_id);
  if (thread == 0) return frames;
  const std::uint64_t calls = memory.word(thread + layout.thread_cframe).value_or(0);
  std::uint64_t address = memory.word(calls + layout.cframe_current).value_or(0);
  for (int step = 0; address != 0 && step < most_steps && frames.size() < most_python_frames; ++step) {
    const auto owner = memory.value<std::uint8_t>(address + layout.frame_owner);
    if (!owner) break;
    if (*owner != layout.owner_is_c) {
      CodeFrame frame = frame_at(memory, layout, address);
      if (frame.file.empty() && frame.function.empty()) break;
      frames.push_back(std::move(frame));
    }
    address = memory.word(address + layout.frame_previous).value_or(0);
  }
  return frames;
}

}  // namespace holdfast
