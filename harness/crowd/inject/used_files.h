// The files that an injector may touch in directories that are not the command's alone: those that the command itself
// made, by a list that grows while it runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "harness/linux/descriptor.h"

namespace holdfast {

// In a run directory; absolute paths, each followed by a NUL.
inline constexpr const char* used_files_name = "used";

class UsedFiles {
 public:
  // None if the run directory has no such list: then every file of the store may be touched.
  static std::optional<UsedFiles> open(const std::filesystem::path& run_directory);

  // Readable when the list has grown.
  [[nodiscard]] int descriptor() const { return watch_.get(); }

  // What was added since the last call; paths, like all here, lead through the store's directory.
  std::vector<std::string> read();

  // Whether a file, or a directory above it, is in the list.
  [[nodiscard]] bool contains(const std::string& path) const;

  // The regular files in it that match a pattern (harness/store/glob.h), the newest first.
  [[nodiscard]] std::vector<std::string> matching(const std::string& pattern) const;

 private:
  UsedFiles(std::string store, Descriptor list, Descriptor watch)
      : store_(std::move(store)), list_(std::move(list)), watch_(std::move(watch)) {}

  std::string store_;
  Descriptor list_, watch_;
  std::string partial_;
  std::vector<std::string> paths_;
  std::unordered_set<std::string> known_;
};

}  // namespace holdfast
