// Writes events into a mapped file. One writer a file, one thread a writer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/base/result.h"
#include "harness/history/event.h"

namespace holdfast {

class Recorder {
 public:
  // Creates `path` (which must not exist) and writes the header. Space is allocated ahead (posix_fallocate), so a
  // full disk is an error of open() or record(), never a SIGBUS.
  static Result<Recorder> open(const std::filesystem::path& path, Role role, std::uint32_t process,
                               std::uint64_t run_id);

  Recorder(Recorder&& other) noexcept;
  Recorder& operator=(Recorder&& other) noexcept;
  ~Recorder();  // unmaps and cuts the file to size, without an `end`

  // Stores the event, its text included. Fails only if the file cannot grow.
  Result<> record(const Event& event);

  // Writes `end`, cuts the file to size, unmaps.
  Result<> close();

 private:
  Recorder() = default;
  int fd_ = -1;
  char* base_ = nullptr;
  std::uint64_t mapped_bytes_ = 0;
  std::uint64_t used_bytes_ = 0;
};

}  // namespace holdfast
