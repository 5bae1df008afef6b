// One agent's events become its operations: each invoke is paired with its completion. Each agent's file is
// read into a History of its own, which is then taken over into the run's.
//
// An agent has one operation open at a time, so the file's order suffices, without lookups. An operation that is
// never answered keeps Outcome::info and complete_ns 0: it may or may not have been done.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "harness/history/doubt_list.h"
#include "harness/history/history.h"

namespace holdfast {

// What a `seen` event says; of a reader's file likewise.
inline Seen seen_of(const Event& event) {
  const auto body = static_cast<SeenBody>(event.value[2]);
  const bool fits = event.value[3] <= std::numeric_limits<std::uint16_t>::max();
  const std::uint64_t torn_size = body == SeenBody::torn && fits ? event.value[3] : 0;
  return {MessageId::unpacked(event.value[0]), body != SeenBody::torn, body != SeenBody::untold,
          static_cast<std::uint16_t>(torn_size)};
}

class AgentMerge {
 public:
  AgentMerge(std::uint32_t agent, History& history, DoubtList& doubts)
      : agent_(agent), history_(history), doubts_(doubts) {}

  void add(const Event& event);
  void finish();  // the file has no more events

 private:
  void invoke(const Event& event);
  void complete(const Event& event, Outcome outcome);
  void seen(const Event& event);
  void torn(const Event& event);
  void advance_clock(const Event& event);
  bool is_open(const Event& event, const char* what);

  std::uint32_t agent_;
  History& history_;
  DoubtList& doubts_;
  std::optional<Operation> open_;
  std::optional<std::uint32_t> last_broadcast_;
  std::optional<std::uint32_t> last_position_;
  std::int64_t last_time_ns_ = 0;
};

// Appends the contents of one agent's file. false: there would be too many to count; then only its doubts are taken,
// and another one says so.
bool append_agent(History&& part, History& whole);

}  // namespace holdfast
