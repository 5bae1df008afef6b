// Names under /proc, built without allocation, since every decision needs several.
#pragma once

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

namespace holdfast {

using ProcPath = std::array<char, 48>;

// "/proc/self/fd/<fd>"
inline ProcPath own_descriptor_path(int fd) {
  constexpr std::string_view prefix = "/proc/self/fd/";
  ProcPath path{};
  std::memcpy(path.data(), prefix.data(), prefix.size());
  std::to_chars(path.data() + prefix.size(), path.data() + path.size() - 1, fd);
  return path;
}

// "fd/<fd>", relative to /proc/PID
inline ProcPath descriptor_entry(int fd) {
  ProcPath path{'f', 'd', '/'};
  std::to_chars(path.data() + 3, path.data() + path.size() - 1, fd);
  return path;
}

}  // namespace holdfast
