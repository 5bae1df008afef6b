// Encodes and decodes event files, without system calls. event.h has the format.
//
// The decoder trusts nothing: it holds one event at a time, whatever the file says, and stops at the first byte that
// no writer of this version could have written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "harness/history/event.h"

namespace holdfast {

inline constexpr std::size_t record_bytes = 64;
inline constexpr std::size_t text_piece_bytes = 48;
inline constexpr std::size_t text_pieces_max = 256;
inline constexpr std::size_t text_bytes_max = text_piece_bytes * text_pieces_max;

// What the header of a file says about its writer.
struct FileHeader {
  Role role = Role::agent;
  std::uint32_t process = no_process;
  std::int32_t pid = 0;
  std::uint64_t run_id = 0;
  std::int64_t opened_ns = 0;
  std::int64_t realtime_offset_ns = 0;  // CLOCK_REALTIME - CLOCK_MONOTONIC

  bool operator==(const FileHeader&) const = default;
};

// The number of records of an event, including its text; text beyond text_bytes_max is not stored.
std::size_t records_of(const Event& event);

// Stores one record, bytes 4..63 first and the check last (a release), so that a record with a check is complete no
// matter when its writer is killed. `record` is 64 bytes, aligned to 4; `piece` continues an event's text.
void encode_header(const FileHeader& header, char* record);
void encode_event(const Event& event, char* record);
void encode_text(std::string_view piece, char* record);

// The correct check of the record: never 0.
std::uint32_t record_check(const char* record);

// Takes a file's records in order and returns its events. An event is returned once the record after its text is
// seen, so the last one comes out of finish(). The result (nullptr = nothing yet) belongs to the decoder and is valid
// until the next call; its text may be moved out.
class EventDecoder {
 public:
  explicit EventDecoder(std::string file_name) : file_name_(std::move(file_name)) {}

  // `record`: the next 64 bytes. After damage it returns nothing more.
  Event* feed(const char* record);

  // `trailing_bytes`: the rest of the file after its last complete record.
  Event* finish(std::size_t trailing_bytes);

  // Skips `bytes` zeros (a hole that need not be read).
  void skip_zeros(std::uint64_t bytes) { offset_ += bytes; }

  [[nodiscard]] const std::optional<FileHeader>& header() const { return header_; }
  [[nodiscard]] bool ended() const { return ended_; }  // `end` was seen: the writer ended normally
  [[nodiscard]] bool in_zeros() const { return state_ == State::zeros; }
  [[nodiscard]] bool half_written() const { return half_written_; }  // the writer died while storing a record
  [[nodiscard]] bool damaged() const { return damage_.has_value(); }
  [[nodiscard]] const std::optional<std::string>& damage() const {
    return damage_;
  }  // "file: byte offset N: what"

 private:
  enum class State { header, events, zeros, damaged };

  void set_damage(std::string_view what);
  void read_header(const char* record);
  Event* take_pending();

  std::string file_name_;
  State state_ = State::header;
  std::uint64_t offset_ = 0;  // of the current record
  std::optional<FileHeader> header_;
  // Two events take turns: the one last returned, and the pending one, whose text may continue.
  std::array<Event, 2> events_;
  std::size_t pending_at_ = 0;
  bool pending_ = false;
  std::size_t pending_pieces_ = 0;
  bool ended_ = false;
  bool half_written_ = false;
  std::optional<std::string> damage_;
};

}  // namespace holdfast
