#include "harness/scenario/store_path.h"

#include <algorithm>

namespace holdfast {

bool is_store_path(std::string_view path) {
  constexpr std::size_t longest = 1000;
  if (path.empty() || path.size() > longest || path.ends_with('/')) return false;
  const auto odd = [](char c) { return c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(path.begin(), path.end(), odd)) return false;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const std::string_view name = path.substr(at, end - at);
    if (name.empty() || name.size() > 255 || name == "." || name == "..") return false;
    at = end + 1;
  }
  return true;
}

}  // namespace holdfast
