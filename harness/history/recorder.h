// Writes events into a mapped file. One writer per file, one thread per writer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "harness/history/codec.h"
#include "harness/history/event.h"

namespace holdfast {

// Names inside RUN_DIR/events/: conductor.events, supervisor.events, agent-<index>.events,
// injector-<index>.events, reader-<index>.events.
struct EventFileName {
  Role role = Role::agent;
  std::uint32_t index = no_process;  // no_process for conductor and supervisor

  bool operator==(const EventFileName&) const = default;
};
std::string event_file_name(Role role, std::uint32_t index = no_process);
std::optional<EventFileName> parse_event_file_name(std::string_view name);

class Recorder {
 public:
  // Creates `path` (which must not exist) and writes the header. Space is allocated ahead (posix_fallocate),
  // so a full disk is an error of open() or record(), never a SIGBUS.
  static Result<Recorder> open(const std::filesystem::path& path, Role role, std::uint32_t process,
                               std::uint64_t run_id);

  // Continues the file of a killed writer after its last complete record; an incomplete one is overwritten.
  // `recorded` receives the existing events. Code::invalid: the file is another writer's, is damaged, or its writer
  // ended normally.
  static Result<Recorder> resume(const std::filesystem::path& path, Role role, std::uint32_t process,
                                 std::uint64_t run_id, const std::function<void(const Event&)>& recorded);

  Recorder(Recorder&& other) noexcept;
  Recorder& operator=(Recorder&& other) noexcept;
  ~Recorder();  // unmaps and cuts the file to size, without an `end`

  // Stores the event with its text, all or nothing; text beyond text_bytes_max is cut. Fails only if the file cannot
  // grow, or after close().
  Result<> record(const Event& event) {
    if (!event.text.empty() || used_bytes_ + record_bytes > ready_bytes_) return record_at_length(event);
    encode_event(event, base_ + used_bytes_);
    used_bytes_ += record_bytes;
    return {};
  }

  // Writes `end`, cuts the file to size, unmaps.
  Result<> close();

 private:
  Recorder() = default;
  Result<> record_at_length(const Event& event);
  Result<> grow(std::uint64_t needed_bytes);
  Result<> make_room(std::uint64_t needed_bytes);
  char* next_record();
  Result<> release();

  int fd_ = -1;
  char* base_ = nullptr;
  std::uint64_t mapped_bytes_ = 0;  // and allocated
  std::uint64_t ready_bytes_ = 0;   // of these: pages already faulted in, or left to fault in one by one
  std::uint64_t used_bytes_ = 0;
  std::uint32_t process_ = no_process;
  std::int32_t pid_ = 0;
};

}  // namespace holdfast
