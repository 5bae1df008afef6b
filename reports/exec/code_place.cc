#include "reports/exec/code_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/path_text.h"
#include "reports/exec/groups.h"
#include "reports/exec/words.h"

namespace holdfast {
namespace {

bool starts_with_any(std::string_view text, const auto& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](auto one) { return text.starts_with(one); });
}

bool contains_any(std::string_view text, const auto& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](auto one) { return text.find(one) != text.npos; });
}

// Where languages and systems keep what others wrote.
bool is_library_source(std::string_view file) {
  constexpr std::array<std::string_view, 6> beginnings{"<", "/usr/", "/rustc/", "node:", "../sysdeps/", "./"};
  constexpr std::array<std::string_view, 7> parts{"/site-packages/", "/dist-packages/",   "/lib/python3.",
                                                  "/lib64/python3.", "/.cargo/registry/", "/pkg/mod/",
                                                  "/node_modules/"};
  return starts_with_any(file, beginnings) || contains_any(file, parts);
}

bool is_library(std::string_view module) {
  constexpr std::array<std::string_view, 5> beginnings{"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "["};
  return module.empty() || starts_with_any(module, beginnings);
}

// The standard libraries of C++ and Rust, and in static programs that of C, stand in the program itself.
bool is_library_function(std::string_view function) {
  constexpr std::array<std::string_view, 8> beginnings{
      "std::", "core::", "alloc::", "<std::", "<core::", "<alloc::", "__", "_IO_"};
  constexpr std::array<std::string_view, 15> of_c{"rename", "renameat", "renameat2", "unlink",   "unlinkat",
                                                  "rmdir",  "remove",   "link",      "linkat",   "open",
                                                  "open64", "openat",   "openat64",  "truncate", "syscall"};
  return starts_with_any(function, beginnings) || std::find(of_c.begin(), of_c.end(), function) != of_c.end();
}

// Of a header or generic function: it is part of the function that it was inlined into.
bool is_inlined_source(const CodeFrame& frame) {
  constexpr std::array<std::string_view, 3> beginnings{"/usr/include/", "/usr/lib/", "/rustc/"};
  return !frame.module.empty() && starts_with_any(frame.file, beginnings);
}

bool is_own(const CodeFrame& frame) {
  if (!frame.module.empty() && is_library_function(frame.function)) return false;
  return frame.file.empty() || is_inlined_source(frame) ? !is_library(frame.module)
                                                        : !is_library_source(frame.file);
}

bool is_program(const CodeFrame& frame) {
  return !frame.file.empty() || (!frame.module.empty() && frame.module.find(".so") == std::string::npos);
}

}  // namespace

const CodeFrame* own_frame(const CodeStack& stack) {
  const auto& frames = stack.frames;
  auto found = std::find_if(frames.begin(), frames.end(), is_own);
  if (found == frames.end()) found = std::find_if(frames.begin(), frames.end(), is_program);
  if (found == frames.end()) found = frames.begin();
  return found == frames.end() ? nullptr : &*found;
}

std::string place_in_code(const ExecReport& report, const CodeStack& stack) {
  std::string text;
  if (const CodeFrame* const frame = own_frame(stack)) {
    if (!frame->file.empty() && !is_inlined_source(*frame)) {
      text = name_of(report, frame->file);
      if (frame->line > 0) text += fmt::format(":{}", frame->line);
    } else if (!frame->module.empty()) {
      text = fmt::format("{}+{:#x}", file_name(frame->module), frame->offset);
    }
    if (!frame->function.empty()) text += fmt::format("{}in {}", text.empty() ? "" : " ", frame->function);
  }
  if (!stack.test.empty()) text += fmt::format("{}({})", text.empty() ? "" : " ", stack.test);
  return text;
}

}  // namespace holdfast
