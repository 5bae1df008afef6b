#include "harness/history/codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace holdfast {
namespace {

static_assert(std::endian::native == std::endian::little,
              "event files are little endian, stored as they are");

constexpr std::uint64_t header_magic = 0x5453414644'4C4F48ULL;  // "HOLDFAST" as bytes

// The record as documented in event.h; copied in and out whole.
struct RawRecord {
  std::uint32_t check;
  std::uint8_t type;
  std::uint8_t function;
  std::uint16_t code;
  std::uint32_t process;
  std::int32_t pid;
  std::int64_t time_ns;
  std::uint64_t op;
  std::array<std::uint64_t, 4> value;
};
static_assert(sizeof(RawRecord) == record_bytes && offsetof(RawRecord, time_ns) == 16);

constexpr std::size_t text_offset = offsetof(RawRecord, time_ns);
static_assert(text_offset + text_piece_bytes == record_bytes);

constexpr std::size_t checked_bytes = record_bytes - sizeof(RawRecord::check);

// A record as eight words, the check's half of the first left zero.
using RecordWords = std::array<std::uint64_t, 8>;

RecordWords words_of(const RawRecord& raw) {
  RecordWords words{};
  words[0] =
      std::uint64_t{raw.type} << 32 | std::uint64_t{raw.function} << 40 | std::uint64_t{raw.code} << 48;
  words[1] = std::uint64_t{raw.process} | std::uint64_t{static_cast<std::uint32_t>(raw.pid)} << 32;
  words[2] = static_cast<std::uint64_t>(raw.time_ns);
  words[3] = raw.op;
  std::copy(raw.value.begin(), raw.value.end(), words.begin() + 4);
  return words;
}

// XXH3_64bits of as many bytes, by the branch that it takes for this length: called directly, it is inlined,
// and what is hashed need not go through memory.
inline std::uint32_t check_of_bytes(const char* after_check) {
  static_assert(checked_bytes >= 17 && checked_bytes <= 128);
  const auto low = static_cast<std::uint32_t>(
      XXH3_len_17to128_64b(reinterpret_cast<const xxh_u8*>(after_check), checked_bytes, XXH3_kSecret,
                           sizeof XXH3_kSecret, /*seed=*/0));
  return low == 0 ? 1 : low;
}

// Keeps the compiler from putting words side by side into vectors: to load those it would have to wait until
// the single words that make them up have left the core, longer than all the hash takes.
inline std::uint64_t in_register(std::uint64_t word) {
  __asm__("" : "+r"(word));
  return word;
}

// The same check, from words in registers. XXH3 reads 60 bytes as words at offsets 0, 8, 16, 24 and 28, 36,
// 44, 52. They are put just so, and the compiler leaves out both the store and the load.
inline std::uint32_t check_of_words(const RecordWords& words) {
  std::array<char, checked_bytes> bytes;
  const auto put = [&](std::size_t offset, std::uint64_t word) {
    word = in_register(word);
    std::memcpy(bytes.data() + offset, &word, sizeof word);
  };
  put(28, words[4]);
  put(36, words[5]);
  put(44, words[6]);
  put(52, words[7]);
  put(0, words[0] >> 32 | words[1] << 32);
  put(8, words[1] >> 32 | words[2] << 32);
  put(16, words[2] >> 32 | words[3] << 32);
  put(24, words[3] >> 32 | words[4] << 32);
  return check_of_bytes(bytes.data());
}

inline void store_sealed(const RecordWords& words, char* record) {
  const std::uint32_t check = check_of_words(words);
  std::memcpy(record, words.data(), record_bytes);  // its check is 0, as that of what is not written yet
  std::atomic_ref<std::uint32_t>(*reinterpret_cast<std::uint32_t*>(record))
      .store(check, std::memory_order_release);
}

bool all_zero(const char* record) {
  std::array<std::uint64_t, record_bytes / 8> words{};
  std::memcpy(words.data(), record, record_bytes);
  return std::all_of(words.begin(), words.end(), [](std::uint64_t word) { return word == 0; });
}

// The types that may stand alone in a file: all but `header` and `text`.
bool is_event_type(std::uint8_t type) {
  switch (static_cast<EventType>(type)) {
    case EventType::end:
    case EventType::invoke:
    case EventType::ok:
    case EventType::fail:
    case EventType::info:
    case EventType::seen:
    case EventType::torn:
    case EventType::restarted:
    case EventType::handles:
    case EventType::ended_program:
    case EventType::call:
    case EventType::holder:
    case EventType::warning:
    case EventType::exactness:
    case EventType::planned:
    case EventType::fired:
    case EventType::released:
    case EventType::missed:
    case EventType::visited:
    case EventType::spawned:
    case EventType::exited:
    case EventType::mark:
    case EventType::leftover:
    case EventType::idle:
    case EventType::reference:
    case EventType::standstill:
    case EventType::processors:
    case EventType::disk:
    case EventType::disk_speed:
    case EventType::locks:
    case EventType::lock:
      return true;
    case EventType::header:
    case EventType::text:
      return false;
  }
  return false;
}

bool is_function(std::uint8_t function) {
  switch (static_cast<Function>(function)) {
    case Function::none:
    case Function::broadcast:
    case Function::read:
    case Function::rename:
    case Function::unlink:
    case Function::rmdir:
    case Function::link:
    case Function::open:
    case Function::truncate:
    case Function::hold:
    case Function::scan:
    case Function::delay:
      return true;
  }
  return false;
}

}  // namespace

std::uint32_t record_check(const char* record) {
  return check_of_bytes(record + sizeof(RawRecord::check));
}

std::size_t records_of(const Event& event) {
  const std::size_t stored = std::min(event.text.size(), text_bytes_max);
  return 1 + (stored + text_piece_bytes - 1) / text_piece_bytes;
}

void encode_header(const FileHeader& header, char* record) {
  RawRecord raw{};
  raw.type = static_cast<std::uint8_t>(EventType::header);
  raw.function = static_cast<std::uint8_t>(header.role);
  raw.code = event_format_version;
  raw.process = header.process;
  raw.pid = header.pid;
  raw.time_ns = header.opened_ns;
  raw.op = header_magic;
  raw.value[0] = header.run_id;
  raw.value[1] = static_cast<std::uint64_t>(header.realtime_offset_ns);
  store_sealed(words_of(raw), record);
}

void encode_event(const Event& event, char* record) {
  RawRecord raw{};
  raw.type = static_cast<std::uint8_t>(event.type);
  raw.function = static_cast<std::uint8_t>(event.function);
  raw.code = event.code;
  raw.process = event.process;
  raw.pid = event.pid;
  raw.time_ns = event.time_ns;
  raw.op = event.op;
  raw.value = event.value;
  store_sealed(words_of(raw), record);
}

void encode_text(std::string_view piece, char* record) {
  RawRecord raw{};
  raw.type = static_cast<std::uint8_t>(EventType::text);
  raw.code = static_cast<std::uint16_t>(piece.size());
  RecordWords words = words_of(raw);
  std::memcpy(&words[text_offset / 8], piece.data(), piece.size());
  store_sealed(words, record);
}

void EventDecoder::set_damage(std::string_view what) {
  damage_ = fmt::format("{}: byte offset {}: {}", file_name_, offset_, what);
  state_ = State::damaged;
}

Event* EventDecoder::take_pending() {
  if (!pending_) return nullptr;
  pending_ = false;
  return &events_[pending_at_];
}

void EventDecoder::read_header(const char* record) {
  RawRecord raw{};
  std::memcpy(&raw, record, sizeof raw);
  // Magic and version are looked at before the check, so that a file of another kind is called that.
  if (raw.op != header_magic) return set_damage("not an event file: it does not begin with HOLDFAST");
  if (raw.code != event_format_version) {
    return set_damage(
        fmt::format("format version {}, but this program reads version {}", raw.code, event_format_version));
  }
  if (raw.check != record_check(record)) return set_damage("the header's check does not fit its bytes");
  if (raw.type != static_cast<std::uint8_t>(EventType::header))
    return set_damage("the first record is not a header");
  if (raw.function < static_cast<std::uint8_t>(Role::agent) ||
      raw.function > static_cast<std::uint8_t>(Role::reader)) {
    return set_damage(fmt::format("unknown role {} in the header", raw.function));
  }
  header_ =
      FileHeader{static_cast<Role>(raw.function),        raw.process, raw.pid, raw.value[0], raw.time_ns,
                 static_cast<std::int64_t>(raw.value[1])};
  state_ = State::events;
}

Event* EventDecoder::feed(const char* record) {
  if (state_ == State::damaged) return nullptr;
  Event* complete = nullptr;
  RawRecord raw{};
  std::memcpy(&raw, record, sizeof raw);

  if (state_ == State::header) {
    read_header(record);
  } else if (state_ == State::zeros) {
    if (!all_zero(record)) {
      set_damage(half_written_ ? "something follows a record that was not finished"
                               : "something follows the unwritten part of the file");
    }
  } else if (raw.check == 0) {
    complete = take_pending();
    state_ = State::zeros;
    half_written_ = !all_zero(record);
    if (half_written_ && ended_) set_damage("something follows the end of the file's events");
  } else if (ended_) {
    complete = take_pending();
    set_damage("something follows the end of the file's events");
  } else if (raw.check != record_check(record)) {
    complete = take_pending();
    set_damage("the record's check does not fit its bytes");
  } else if (raw.type == static_cast<std::uint8_t>(EventType::text)) {
    if (!pending_) {
      set_damage("a text that belongs to no event");
    } else if (raw.code == 0 || raw.code > text_piece_bytes) {
      complete = take_pending();
      set_damage(fmt::format("a piece of text of {} bytes, but 1 to {} fit", raw.code, text_piece_bytes));
    } else if (++pending_pieces_ > text_pieces_max) {
      complete = take_pending();
      set_damage(fmt::format("a text of more than {} pieces", text_pieces_max));
    } else {
      events_[pending_at_].text.append(record + text_offset, raw.code);
    }
  } else {
    complete = take_pending();
    if (!is_event_type(raw.type)) {
      set_damage(fmt::format("unknown type of event {}", raw.type));
    } else if (!is_function(raw.function)) {
      set_damage(fmt::format("unknown function {}", raw.function));
    } else {
      pending_at_ ^= 1;
      Event& event = events_[pending_at_];
      event.type = static_cast<EventType>(raw.type);
      event.function = static_cast<Function>(raw.function);
      event.code = raw.code;
      event.process = raw.process;
      event.pid = raw.pid;
      event.time_ns = raw.time_ns;
      event.op = raw.op;
      event.value = raw.value;
      event.text.clear();
      pending_ = true;
      pending_pieces_ = 0;
      ended_ = event.type == EventType::end;
    }
  }
  offset_ += record_bytes;
  return complete;
}

Event* EventDecoder::finish(std::size_t trailing_bytes) {
  if (state_ == State::header && trailing_bytes == 0) {
    set_damage("the file is empty");
  } else if (state_ == State::header) {
    set_damage(fmt::format("{} bytes are too few for a header", trailing_bytes));
  } else if (state_ != State::damaged && trailing_bytes != 0) {
    set_damage(
        fmt::format("{} bytes are left over after the last record of {}", trailing_bytes, record_bytes));
  }
  return take_pending();
}

}  // namespace holdfast
