// Reads an event file, one event at a time: bounded memory whatever the file's size, and no size
// in it trusted.
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
  // Follows no symlink and opens regular files only. Messages name the file by its last part.
  static Result<EventReader> open(const std::filesystem::path& path);

  EventReader(EventReader&& other) noexcept;
  EventReader& operator=(EventReader&& other) = delete;
  ~EventReader();

  // The next event, or nullptr at the end or at the first damage. It stays the reader's, and good until the
  // next call; its text may be moved out.
  Event* next();

  // Set once next() has been called; none if the file begins with damage.
  [[nodiscard]] const std::optional<FileHeader>& header() const { return decoder_.header(); }

  // To be asked after next() has returned nothing.
  [[nodiscard]] bool ended() const { return decoder_.ended(); }
  [[nodiscard]] bool half_written() const { return decoder_.half_written(); }
  [[nodiscard]] const std::optional<std::string>& damage() const {
    return read_problem_ ? read_problem_ : decoder_.damage();
  }

 private:
  EventReader(int fd, const std::string& file_name);
  bool fill();  // false: nothing more can be read
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
