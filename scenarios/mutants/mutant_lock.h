// The lock of the mutant store: the core's, or one that does not work.
#pragma once

#include <filesystem>
#include <optional>

#include "core/base/result.h"
#include "core/os/sidecar_lock.h"
#include "scenarios/mutants/fault.h"

namespace holdfast {

// Held from acquire() until release() or its destructor.
class MutantLock {
 public:
  // `queue` is the file to lock, `who` the process that wants it. Code::timed_out, Code::cancelled.
  static Result<MutantLock> acquire(const std::filesystem::path& queue, PlantedFault fault,
                                    const LockWait& wait, unsigned who);

  MutantLock(MutantLock&& other) noexcept;
  MutantLock& operator=(MutantLock&&) = delete;
  MutantLock(const MutantLock&) = delete;
  MutantLock& operator=(const MutantLock&) = delete;
  ~MutantLock() { release(); }

  void release();

 private:
  MutantLock() = default;
  Result<> take_file_lock(const LockWait& wait);
  Result<> take_two_locks(const std::filesystem::path& queue, unsigned who);
  Result<> create_lock_file(const LockWait& wait);

  std::optional<SidecarLock> sidecar_;
  std::filesystem::path file_;  // the locked file, or the lock itself
  bool unlinks_ = false;        // removes `file_` on release
  int descriptor_ = -1;
  int second_descriptor_ = -1;
  PlantedFault fault_ = PlantedFault::none;
};

// Whether the lock around a save works despite the fault.
bool locks_well(PlantedFault fault);

}  // namespace holdfast
