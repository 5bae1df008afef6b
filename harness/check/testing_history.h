// For tests only: a hand-made plan and history, in few words. Times are milliseconds after the barrier; it contains
// only what a test adds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "harness/history/merge_supervisor.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// The first message of agent 0, and of agent 1.
inline constexpr MessageId a{0, 0};
inline constexpr MessageId b{1, 0};

// A lock on a whole file, as a look would find it.
inline LockSeen seen_lock(LockState state, std::uint32_t agent, const char* path, std::uint32_t number = 0,
                          const char* program = "go") {
  LockSeen lock;
  lock.state = state;
  lock.exclusive = true;
  lock.agent = agent;
  lock.pid = static_cast<std::int32_t>(100 + agent);
  lock.program = program;
  lock.number = number;
  lock.path = path;
  lock.last_byte = UINT64_MAX;
  return lock;
}

struct TestRun {
  Plan plan;
  History history;
  std::int64_t now_ms = 0;  // advances with each operation

  static constexpr std::int64_t ms = 1'000'000;

  explicit TestRun(std::uint32_t agents = 2, std::uint32_t broadcasts = 1) {
    plan.scenario.agents.count = agents;
    plan.scenario.agents.broadcasts = broadcasts;
    history.started_ns = 1'000 * ms;
    for (std::uint32_t agent = 0; agent < agents; ++agent) {
      history.processes.push_back(
          {Role::agent, agent, static_cast<std::int32_t>(100 + agent), true, 0, false});
    }
  }

  [[nodiscard]] std::int64_t at(std::int64_t milliseconds) const {
    return history.started_ns + milliseconds * ms;
  }

  // A broadcast from `from_ms` to `to_ms`; info: never answered.
  TestRun& broadcast(MessageId id, std::int64_t from_ms, std::int64_t to_ms, Outcome outcome = Outcome::ok,
                     std::uint16_t code = 0, const std::string& error = {}) {
    Operation operation;
    operation.function = Function::broadcast;
    operation.agent = id.sender;
    operation.number = id.number;
    operation.outcome = outcome;
    operation.code = code;
    operation.invoke_ns = operation.intended_ns = at(from_ms);
    operation.complete_ns = outcome == Outcome::info ? 0 : at(to_ms);
    if (!error.empty()) {
      operation.error = static_cast<std::uint32_t>(history.texts.size());
      history.texts.push_back(error);
    }
    history.operations.push_back(operation);
    now_ms = std::max(now_ms, to_ms);
    return *this;
  }
  TestRun& sent(MessageId id, Outcome outcome = Outcome::ok, std::uint16_t code = 0) {
    return broadcast(id, now_ms + 1, now_ms + 2, outcome, code);
  }

  // All agents fell silent now; later reads are final.
  TestRun& quiet() {
    history.idle_ns = history.quiesced_ns = at(++now_ms);
    return *this;
  }
  // A reader's read of an agent's mail.
  TestRun& reading(std::uint32_t reader, std::uint32_t mailbox, const std::vector<MessageId>& entries,
                   Outcome outcome = Outcome::ok) {
    Reading made;
    made.reader = reader;
    made.mailbox = mailbox;
    made.outcome = outcome;
    made.first_seen = static_cast<std::uint32_t>(history.seen.size());
    made.seen = static_cast<std::uint32_t>(entries.size());
    made.invoke_ns = at(now_ms + 1);
    now_ms += 2;
    made.complete_ns = outcome == Outcome::info ? 0 : at(now_ms);
    for (const MessageId entry : entries) history.seen.push_back({entry, true});
    history.readings.push_back(made);
    return *this;
  }
  TestRun& read(std::uint32_t agent, const std::vector<MessageId>& entries, Outcome outcome = Outcome::ok) {
    Operation operation;
    operation.function = Function::read;
    operation.agent = agent;
    operation.number = plan.scenario.agents.broadcasts;
    operation.outcome = outcome;
    operation.first_seen = static_cast<std::uint32_t>(history.seen.size());
    operation.seen = static_cast<std::uint32_t>(entries.size());
    operation.invoke_ns = operation.intended_ns = at(now_ms + 1);
    now_ms += 2;
    operation.complete_ns = outcome == Outcome::info ? 0 : at(now_ms);
    for (const MessageId entry : entries) history.seen.push_back({entry, true});
    history.operations.push_back(operation);
    return *this;
  }
  // Every agent reads the same.
  TestRun& all_read(const std::vector<MessageId>& entries) {
    for (std::uint32_t agent = 0; agent < plan.scenario.agents.count; ++agent) read(agent, entries);
    return *this;
  }

  // A trapped call; refused if `windows_code` is not 0, because an injector holds the file.
  TestRun& call(std::uint32_t agent, std::int64_t at_ms, Function function, const std::string& path,
                const std::string& destination = {}, std::uint16_t windows_code = 0, int os_error = 0) {
    Call made;
    made.function = function;
    made.agent = agent;
    made.windows_code = windows_code;
    made.os_error = os_error;
    made.received_ns = made.answered_ns = at(at_ms);
    made.path = path;
    made.destination = destination;
    if (windows_code != 0) made.holders.push_back({HolderKind::injector, 0, 200, 4, 6, 3, "holdfast", path});
    history.calls.push_back(made);
    return *this;
  }
  TestRun& replace(std::uint32_t agent, std::int64_t at_ms, std::uint16_t windows_code = 0) {
    return call(agent, at_ms, Function::rename, "/s/.queue.json.1-2.tmp", "/s/queue.json", windows_code,
                windows_code == 0 ? 0 : 13);
  }

  TestRun& injector(const std::string& name, std::uint64_t planned, std::uint64_t fired,
                    std::uint64_t min_fired = 1) {
    Injector injected;
    injected.name = name;
    injected.min_fired = min_fired;
    history.injectors.push_back(
        {static_cast<std::uint32_t>(plan.scenario.injectors.size()), 200, planned, fired, {}});
    plan.scenario.injectors.push_back(injected);
    return *this;
  }

  TestRun& finished() {
    history.finished_ns = at(++now_ms);
    history.complete = true;
    attribute_calls(history);
    return *this;
  }
  // Not finished: cut short, but in the order that checks rely on.
  TestRun& cut() {
    history.interrupted = true;
    attribute_calls(history);
    return *this;
  }

  Operation& operation(MessageId id) {
    for (Operation& operation : history.operations) {
      if (operation.function == Function::broadcast && operation.agent == id.sender &&
          operation.number == id.number) {
        return operation;
      }
    }
    std::abort();
  }
};

}  // namespace holdfast
