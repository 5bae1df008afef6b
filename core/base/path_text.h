// Paths as texts: nothing is looked up.
#pragma once

#include <string_view>

namespace holdfast {

// What stands behind the last slash; all of it if there is none.
constexpr std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// What stands before it; "/" for what is directly in the root.
constexpr std::string_view directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == path.npos ? "/" : path.substr(0, slash);
}

// Whether `path` is `directory` or below it; both absolute, without "." and "..".
constexpr bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

}  // namespace holdfast
