// Which files of a store an injector means.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace holdfast {

// The regular files that the pattern fits (harness/store/glob.h), in all directories, by path; lock files only if it is their
// very name or path. Of a link that fits, the file that it stands for, if that is in the store.
std::vector<std::string> matching_files(const std::filesystem::path& store, const std::string& pattern);

}  // namespace holdfast
