// Which files of a store an injector means.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace holdfast {

// The regular files that the pattern fits, by name; lock files only if it is their very name.
std::vector<std::string> matching_files(const std::filesystem::path& directory, const std::string& pattern);

}  // namespace holdfast
