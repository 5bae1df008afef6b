// A directory that goes with this process, however that ends: SIGKILL leaves nobody here to remove it.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "core/base/result.h"
#include "harness/supervisor/descriptor.h"

namespace holdfast {

// Removed, with all that is in it, by a small process of its own; as soon as this object, this process, and every
// process forked from it that has not called exec are gone. Started while the process has but one thread.
class GoneWithUs {
 public:
  GoneWithUs() = default;
  static Result<GoneWithUs> start(const std::filesystem::path& directory);
  GoneWithUs(GoneWithUs&& other) noexcept;
  GoneWithUs& operator=(GoneWithUs&& other) noexcept;
  ~GoneWithUs();  // returns when the directory is gone

 private:
  pid_t remover_ = 0;  // 0: none
  Descriptor alive_;   // the remover reads the other end
};

}  // namespace holdfast
