// A directory that goes with this process, even when SIGKILL ends it and nobody is left here to remove it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "core/base/result.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

// Removed, with all that is in it, when this object goes; or by a small process of its own, which waits until this
// process and all that were forked from it and have not called exec are gone. Started while there is but one thread.
class GoneWithUs {
 public:
  static Result<std::unique_ptr<GoneWithUs>> start(const std::filesystem::path& directory);
  ~GoneWithUs();  // returns when the directory is gone

  GoneWithUs(const GoneWithUs&) = delete;
  GoneWithUs& operator=(const GoneWithUs&) = delete;

 private:
  explicit GoneWithUs(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path directory_;
  pid_t remover_ = 0;  // not above 0: none
  Descriptor alive_;   // the remover reads the other end
};

}  // namespace holdfast
