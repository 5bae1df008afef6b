#include "harness/store/glob.h"

#include <fnmatch.h>

#include <algorithm>
#include <vector>

namespace holdfast {
namespace {

std::vector<std::string> components(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    if (slash != 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

// Which numbers of the pattern's components may have been used up by the path: all at once, so that no pattern takes
// more time than its length by the path's.
std::vector<bool> used_up(const std::vector<std::string>& pattern, std::string_view path) {
  const auto skip_stars = [&](std::vector<bool>& state) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (state[i] && pattern[i] == "**") state[i + 1] = true;
    }
  };
  std::vector<bool> state(pattern.size() + 1);
  state[0] = true;
  skip_stars(state);
  for (const std::string& name : components(path)) {
    std::vector<bool> next(pattern.size() + 1);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!state[i]) continue;
      if (pattern[i] == "**") {
        next[i] = true;
      } else if (::fnmatch(pattern[i].c_str(), name.c_str(), 0) == 0) {
        next[i + 1] = true;
      }
    }
    state = std::move(next);
    skip_stars(state);
  }
  return state;
}

}  // namespace

bool glob_fits(const std::string& pattern, std::string_view path) {
  if (pattern.find('/') == std::string::npos) {
    const std::string name(path.substr(path.find_last_of('/') + 1));
    return !name.empty() && ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  }
  return !path.empty() && used_up(components(pattern), path).back();
}

bool glob_leads_through(const std::string& pattern, std::string_view directory) {
  if (pattern.find('/') == std::string::npos) return false;
  const auto state = used_up(components(pattern), directory);
  return std::any_of(state.begin(), state.end() - 1, [](bool at) { return at; });
}

}  // namespace holdfast
