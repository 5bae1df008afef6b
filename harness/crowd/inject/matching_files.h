// The store files that match an injector's pattern.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace holdfast {

// The regular files that match the pattern (harness/store/glob.h), in all directories, sorted by path; lock files
// only if the pattern is exactly their name or path. For a matching link, the file that it leads to, if that is in
// the store.
std::vector<std::string> matching_files(const std::filesystem::path& store, const std::string& pattern);

}  // namespace holdfast
