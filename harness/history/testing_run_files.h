// For tests: the event files of a run, valid at first, to be damaged by each test.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <map>
#include <utility>
#include <vector>

#include "harness/history/codec.h"
#include "harness/history/history.h"
#include "harness/history/merge_agent.h"
#include "harness/history/recorder.h"
#include "harness/history/testing_event_file.h"
#include "harness/history/testing_files.h"

namespace holdfast {

inline constexpr std::uint64_t merged_run = 0xFEED;

inline Event event_of(EventType type, std::int64_t time_ns, std::uint64_t op = 0,
                      std::array<std::uint64_t, 4> value = {}) {
  Event event;
  event.type = type;
  event.time_ns = time_ns;
  event.op = op;
  event.value = value;
  return event;
}

inline Event operation_event(EventType type, Function function, MessageId id, std::int64_t time_ns) {
  Event event = event_of(type, time_ns, id.packed());
  event.function = function;
  if (type == EventType::invoke) event.value = {static_cast<std::uint64_t>(time_ns), 2, 0, 0};
  return event;
}

inline Event seen_event(MessageId read, MessageId message, std::uint64_t position, bool intact = true) {
  Event event = operation_event(EventType::seen, Function::read, read, 0);
  event.value = {message.packed(), position, intact ? 1U : 0U, 0};
  return event;
}

inline Event call_event(std::uint32_t agent, std::int64_t received_ns, std::int64_t answered_ns,
                        std::uint16_t code = 0, std::uint64_t holders = 0) {
  Event event = event_of(EventType::call, received_ns, 0,
                         {static_cast<std::uint64_t>(answered_ns), code == 0 ? 0U : 13U, holders, 0});
  event.function = Function::rename;
  event.process = agent;
  event.pid = 100;
  event.code = code;
  event.text = std::string("/store/a.tmp\0/store/queue.json", 30);
  return event;
}

inline Event process_event(EventType type, Role role, std::uint32_t index, std::uint64_t status = 0) {
  Event event = event_of(type, 1, 0, {static_cast<std::uint64_t>(role), status, 0, 0});
  event.process = index;
  event.pid = static_cast<std::int32_t>(1000 + index);
  return event;
}

// A run's directory: valid at first, then damaged by each test.
class RunFiles {
 public:
  RunFiles() {
    std::filesystem::create_directory(directory_.path() / "events");
    events[{Role::conductor, no_process}] = {
        process_event(EventType::spawned, Role::agent, 0),
        process_event(EventType::spawned, Role::agent, 1),
        process_event(EventType::spawned, Role::injector, 0),
        event_of(EventType::mark, 1000, 0, {1}),
        event_of(EventType::mark, 5000, 0, {2}),
        process_event(EventType::exited, Role::agent, 0),
        process_event(EventType::exited, Role::agent, 1),
        process_event(EventType::exited, Role::injector, 0),
        event_of(EventType::standstill, 8000, 0, {2000, 2300}),
        event_of(EventType::disk_speed, 8000, 0, {500, 60}),
        event_of(EventType::processors, 8000, 900, {1000, 2000, 300, 200}),
        event_of(EventType::disk, 8000, 5, {70, 80, 90, 100}),
        event_of(EventType::processors, 8000, 900, {2000, 3000, UINT64_MAX, UINT64_MAX}),
        event_of(EventType::disk, 8000, 0, {UINT64_MAX, UINT64_MAX, 90}),
        event_of(EventType::mark, 9000, 0, {3}),
        event_of(EventType::end, 9001)};
    Event holder = event_of(EventType::holder, 1210, 0, {1, 4, 3, 7});
    holder.process = 0;
    holder.pid = 1000;
    holder.text = std::string("scanner\0/store/queue.json", 25);
    events[{Role::supervisor, no_process}] = {call_event(0, 1200, 1210, 5, 1),
                                              holder,
                                              call_event(1, 1250, 1260),
                                              call_event(0, 1400, 1410),
                                              event_of(EventType::exactness, 9000, 0, {3, 1}),
                                              event_of(EventType::end, 9001)};
    events[{Role::agent, 0}] = {operation_event(EventType::invoke, Function::broadcast, {0, 0}, 1100),
                                operation_event(EventType::ok, Function::broadcast, {0, 0}, 1500),
                                operation_event(EventType::invoke, Function::read, {0, 0}, 6000),
                                seen_event({0, 0}, {0, 0}, 0),
                                seen_event({0, 0}, {1, 0}, 1),
                                operation_event(EventType::ok, Function::read, {0, 0}, 6100),
                                event_of(EventType::end, 6200)};
    Event failed = operation_event(EventType::fail, Function::broadcast, {1, 1}, 1400);
    failed.code = 28;
    failed.text = "no space left";
    events[{Role::agent, 1}] = {operation_event(EventType::invoke, Function::broadcast, {1, 0}, 1200),
                                operation_event(EventType::ok, Function::broadcast, {1, 0}, 1300),
                                operation_event(EventType::invoke, Function::broadcast, {1, 1}, 1300), failed,
                                event_of(EventType::end, 6200)};
    Event fired = event_of(EventType::fired, 1150, 1);
    fired.text = "/store/queue.json";
    events[{Role::injector, 0}] = {
        event_of(EventType::planned, 1140, 1, {300}), fired,
        event_of(EventType::released, 1450, 1),       event_of(EventType::planned, 2000, 2, {400}),
        event_of(EventType::missed, 2001, 2),         event_of(EventType::end, 6000)};
  }

  Result<History> merged() {
    for (const auto& [writer, list] : events) {
      if (!list.empty())
        write_bytes(path_of(writer.first, writer.second), bytes_of(writer.first, writer.second));
    }
    return merge(directory_.path());
  }
  std::string bytes_of(Role role, std::uint32_t index) {
    return encode_file(FileHeader{role, index, 1, merged_run, 0, 0}, events[{role, index}]);
  }
  [[nodiscard]] std::filesystem::path path_of(Role role, std::uint32_t index = no_process) const {
    return directory_.path() / "events" / event_file_name(role, index);
  }
  [[nodiscard]] std::filesystem::path directory() const { return directory_.path(); }
  std::vector<Event>& agent(std::uint32_t index) { return events[{Role::agent, index}]; }
  std::vector<Event>& injector() { return events[{Role::injector, 0}]; }
  std::vector<Event>& conductor() { return events[{Role::conductor, no_process}]; }
  std::vector<Event>& supervisor() { return events[{Role::supervisor, no_process}]; }

  std::map<std::pair<Role, std::uint32_t>, std::vector<Event>> events;

 private:
  TestDirectory directory_;
};

}  // namespace holdfast
