// Reads an event file, one event at a time, in bounded memory, trusting no size in the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "harness/history/codec.h"

namespace holdfast {

class EventReader {
 public:
  // Follows no symlinks and opens only regular files. Messages name the file by its last component.
  static Result<EventReader> open(const std::filesystem::path& path);

  EventReader(EventReader&& other) noexcept;
  EventReader& operator=(EventReader&& other) = delete;
  ~EventReader();

  // The next event, or nullptr at the end or at the first damage. It belongs to the reader and is valid until the
  // next call; its text may be moved out.
  Event* next();

  // Available after the first next(); none if the file begins with damage.
  [[nodiscard]] const std::optional<FileHeader>& header() const { return decoder_.header(); }

  // Call it after next() has returned nothing.
  [[nodiscard]] bool ended() const { return decoder_.ended(); }
  [[nodiscard]] bool half_written() const { return decoder_.half_written(); }
  [[nodiscard]] const std::optional<std::string>& damage() const {
    return read_problem_ ? read_problem_ : decoder_.damage();
  }

 private:
  EventReader(int fd, const std::string& file_name);
  bool fill();  // false: nothing more to read
  void skip_hole();

  int fd_ = -1;
  std::string file_name_;
  EventDecoder decoder_;
  std::unique_ptr<char[]> buffer_;
  std::size_t filled_bytes_ = 0;
  std::size_t consumed_bytes_ = 0;
  std::uint64_t read_offset_ = 0;
  bool finished_ = false;
  std::optional<std::string> read_problem_;
};

}  // namespace holdfast
