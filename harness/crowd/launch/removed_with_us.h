// A directory that is removed when this process ends, even by SIGKILL.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "core/base/result.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

// Removes the directory and its contents when destroyed. If this process dies first, a small helper process does so once
// this process, and every fork of it that has not called exec, is gone. Create it while there is only one thread.
class RemovedWithUs {
 public:
  static Result<std::unique_ptr<RemovedWithUs>> start(const std::filesystem::path& directory);
  ~RemovedWithUs();  // returns when the directory is gone

  RemovedWithUs(const RemovedWithUs&) = delete;
  RemovedWithUs& operator=(const RemovedWithUs&) = delete;

 private:
  explicit RemovedWithUs(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path directory_;
  pid_t remover_ = 0;  // not above 0: none
  Descriptor alive_;   // the remover reads the other end
};

}  // namespace holdfast
