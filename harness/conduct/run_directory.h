// The directory of one run: plan.json, events/, logs/, store/, and what is rendered from them; or of a
// series, which holds those of its trials.
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

  // Takes back everything that create() made, and the plan: for what could not begin.
  void discard();

 private:
  RunDirectory(std::filesystem::path path, int lock, bool made)
      : path_(std::move(path)), lock_(lock), made_(made) {}
  std::filesystem::path path_;
  int lock_ = -1;
  bool made_ = false;  // the directory was not there before
};

// Replaces RUN_DIR/name by `text`, atomically.
Result<> write_result_file(const std::filesystem::path& path, const std::string& text);

// Writes what a user named: what is no regular file (a device, a FIFO, /dev/stdout) is written to, a link is followed unless
// another user made it, and a file that exists is replaced atomically and keeps its permissions and owner.
Result<> write_output_file(const std::filesystem::path& path, const std::string& text);

// "ext4", "tmpfs", … of a path that exists.
std::string filesystem_of(const std::filesystem::path& path);

}  // namespace holdfast
