// The directory of a run: plan.json, events/, logs/, store/, and the reports; or of a series, which contains those of
// its trials.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

enum class DirectoryKind { run, series };

// Holds the directory's lock (flock on the directory itself, so no lock file stays behind) until
// it is destroyed.
class RunDirectory {
 public:
  // Creates `path` and what belongs in it, private to its owner. Refuses a directory that another run is
  // using or that is not empty.
  static Result<RunDirectory> create(const std::filesystem::path& path,
                                     DirectoryKind kind = DirectoryKind::run);

  RunDirectory(RunDirectory&& other) noexcept;
  RunDirectory& operator=(RunDirectory&& other) noexcept;
  ~RunDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Undoes create() and removes the plan: for a run that could not begin.
  void discard();

 private:
  RunDirectory(std::filesystem::path path, int lock, bool made)
      : path_(std::move(path)), lock_(lock), made_(made) {}
  std::filesystem::path path_;
  int lock_ = -1;
  bool made_ = false;  // create() made the directory
};

// Replaces RUN_DIR/name by `text`, atomically.
Result<> write_result_file(const std::filesystem::path& path, const std::string& text);

// Writes a file that the user named: a special file (a device, a FIFO, /dev/stdout) is written to, a link is
// followed unless another user made it, and an existing file is replaced atomically and keeps its permissions and owner.
Result<> write_output_file(const std::filesystem::path& path, const std::string& text);

// "ext4", "tmpfs", … of a path that exists.
std::string filesystem_of(const std::filesystem::path& path);

}  // namespace holdfast
