// A directory for a while, removed when this process ends, even by SIGKILL.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

// Removes the directory and its contents when destroyed. If this process dies first, a small helper process does so once
// this process, and every fork of it that has not called exec, is gone. Make it while there is only one thread.
class RemovedWithUs {
 public:
  // Of this user alone, where temporary files are: "/tmp/holdfast-PURPOSE-Zt7qP0".
  static Result<std::unique_ptr<RemovedWithUs>> make(std::string_view purpose);
  ~RemovedWithUs();  // returns when the directory is gone

  [[nodiscard]] const std::filesystem::path& path() const { return directory_; }  // absolute and canonical

  RemovedWithUs(const RemovedWithUs&) = delete;
  RemovedWithUs& operator=(const RemovedWithUs&) = delete;

 private:
  explicit RemovedWithUs(Descriptor alive) : alive_(std::move(alive)) {}

  std::filesystem::path directory_;
  pid_t remover_ = 0;  // not above 0: none
  Descriptor alive_;   // the remover has the other end
};

}  // namespace holdfast
