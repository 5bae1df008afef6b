// Readers, what idle agents held, and delays, as merge tells of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/codec.h"
#include "harness/history/history.h"
#include "harness/history/recorder.h"
#include "harness/history/testing_event_file.h"
#include "harness/history/testing_files.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto agent_role = static_cast<std::uint64_t>(Role::agent);
constexpr auto reader_role = static_cast<std::uint64_t>(Role::reader);

Event stamped(std::int64_t time_ns, EventType type, std::array<std::uint64_t, 4> value = {},
              std::uint32_t process = 0) {
  Event event;
  event.type = type;
  event.time_ns = time_ns;
  event.value = value;
  event.process = process;
  event.pid = 500 + static_cast<std::int32_t>(process);
  return event;
}

Event of_read(std::int64_t time_ns, EventType type, MessageId op, MessageId seen = {}) {
  Event event = stamped(time_ns, type);
  event.function = Function::read;
  event.op = op.packed();
  if (type == EventType::seen) event.value = {seen.packed(), 0, 1, 0};
  return event;
}

// Agent 0 broadcasts and is gone before its final read; a reader looks on, and another reads afterwards.
struct Looked {
  std::vector<Event> conductor = {stamped(1, EventType::spawned, {agent_role, 0, 0, 0}),
                                  stamped(1, EventType::spawned, {reader_role, 0, 0, 0}, 0),
                                  stamped(2, EventType::mark, {1, 0, 0, 0}),
                                  stamped(30, EventType::exited, {agent_role, 9, 0, 0}),
                                  stamped(40, EventType::mark, {6, 0, 0, 0}),
                                  stamped(41, EventType::exited, {reader_role, 0, 0, 0}, 0),
                                  stamped(42, EventType::mark, {2, 0, 0, 0}),
                                  stamped(50, EventType::spawned, {reader_role, 0, 0, 0}, 1),
                                  stamped(60, EventType::exited, {reader_role, 0, 0, 0}, 1),
                                  stamped(70, EventType::mark, {3, 0, 0, 0}),
                                  stamped(71, EventType::end)};
  std::vector<Event> supervisor = {stamped(3, EventType::end)};
  std::vector<Event> reader = {
      of_read(10, EventType::invoke, {0, 0}), of_read(11, EventType::ok, {0, 0}),
      of_read(20, EventType::invoke, {0, 1}), of_read(21, EventType::seen, {0, 1}, {0, 7}),
      of_read(22, EventType::ok, {0, 1}),     stamped(23, EventType::end)};
  std::vector<Event> last = {of_read(52, EventType::invoke, {0, 0}),
                             of_read(53, EventType::seen, {0, 0}, {0, 7}), of_read(54, EventType::ok, {0, 0}),
                             stamped(55, EventType::end)};

  [[nodiscard]] History merged() const {
    const TestDirectory directory;
    std::filesystem::create_directory(directory.path() / "events");
    const auto put = [&](Role role, std::uint32_t index, const std::vector<Event>& events) {
      const bool alone = role == Role::conductor || role == Role::supervisor;
      FileHeader header;
      header.role = role;
      header.process = index;
      header.run_id = 7;
      write_bytes(
          directory.path() / "events" / (alone ? event_file_name(role) : event_file_name(role, index)),
          encode_file(header, events));
    };
    put(Role::conductor, 0, conductor);
    put(Role::supervisor, 0, supervisor);
    put(Role::agent, 0, {});
    put(Role::reader, 0, reader);
    put(Role::reader, 1, last);
    auto history = merge(directory.path());
    EXPECT_TRUE(history) << history.error().message;
    return std::move(*history);
  }
};

TEST(MergeReader, ReadingsAreKeptApartFromAgentsOperations) {
  const History history = Looked().merged();
  EXPECT_THAT(history.doubts, IsEmpty());
  ASSERT_EQ(history.readings.size(), 3U);
  EXPECT_EQ(history.readings[1].reader, 0U);
  EXPECT_EQ(history.readings[1].mailbox, 0U);
  EXPECT_EQ(history.readings[1].outcome, Outcome::ok);
  EXPECT_EQ(history.readings[1].invoke_ns, 20);
  EXPECT_EQ(history.readings[1].complete_ns, 22);
  ASSERT_EQ(history.readings[1].seen, 1U);
  EXPECT_EQ(history.seen[history.readings[1].first_seen].message, (MessageId{0, 7}));
  EXPECT_EQ(history.readings[2].reader, 1U);
}

// It has made no final read, so what a fresh process found stands for it.
TEST(MergeReader, TheLastReaderStandsInForAnAgentThatIsGone) {
  Looked looked;
  const History history = looked.merged();
  ASSERT_EQ(history.operations.size(), 1U);
  EXPECT_EQ(history.operations[0].function, Function::read);
  EXPECT_EQ(history.operations[0].agent, 0U);
  EXPECT_EQ(history.operations[0].invoke_ns, 52);
  EXPECT_EQ(history.operations[0].seen, 1U);
  looked.last[2].type = EventType::fail;
  EXPECT_THAT(looked.merged().operations, IsEmpty());
}

TEST(MergeReader, AReadThatIsNotAnsweredMayHaveSeenAnything) {
  Looked looked;
  looked.last.resize(2);
  looked.conductor[8].value[1] = 9;  // killed
  const History history = looked.merged();
  ASSERT_EQ(history.readings.size(), 3U);
  EXPECT_EQ(history.readings[2].outcome, Outcome::info);
  EXPECT_EQ(history.readings[2].complete_ns, 0);
}

TEST(MergeReader, WhatCannotBeIsADoubt) {
  Looked looked;
  looked.reader[4].op = MessageId{0, 9}.packed();
  EXPECT_THAT(texts_of(looked.merged().doubts), ElementsAre(HasSubstr("reader-0.events: event 5: ")));
  Looked cut;
  cut.reader.pop_back();  // its writer ended normally
  EXPECT_THAT(texts_of(cut.merged().doubts), ElementsAre(HasSubstr("reader-0.events: cut short")));
}

TEST(MergeReader, TornLoadsAreTold) {
  Looked looked;
  Event torn = of_read(11, EventType::torn, {0, 0});
  torn.text = "no JSON";
  looked.reader.insert(looked.reader.begin() + 1, torn);
  EXPECT_THAT(looked.merged().torn_readings, ElementsAre("reader 0, for agent 0: no JSON"));
}

TEST(MergeConductor, TellsWhatIdleAgentsHeldAndWhenTheRunWasCut) {
  Looked looked;
  Event idle = stamped(39, EventType::idle, {3, 2, 1, 1});
  idle.text = std::string("python3\0/s/queue.json", 21);
  Event locked = stamped(39, EventType::lock, {1 | 3U << 8U | 1U << 16U, 4, 9, 0});
  locked.op = 17;
  locked.text = std::string("python3\0queue.json.lock", 23);
  looked.conductor.insert(looked.conductor.begin() + 4,
                          {idle, stamped(39, EventType::locks, {1, 0, 0, 0}), locked});
  looked.conductor.insert(looked.conductor.end() - 1, stamped(70, EventType::mark, {5, 0, 0, 0}));
  const History history = looked.merged();
  EXPECT_EQ(history.idle_ns, 40);
  EXPECT_EQ(history.cut_ns, 70);
  ASSERT_EQ(history.idle.size(), 1U);
  EXPECT_EQ(history.idle[0].handles, 3U);
  EXPECT_EQ(history.idle[0].of_replaced, 2U);
  EXPECT_EQ(history.idle[0].of_removed, 1U);
  EXPECT_EQ(history.idle[0].program, "python3");
  EXPECT_EQ(history.idle[0].path, "/s/queue.json");
  ASSERT_EQ(history.lock_looks.size(), 1U);
  EXPECT_TRUE(history.lock_looks[0].idle);
  EXPECT_EQ(history.lock_looks[0].time_ns, 39);
  const LockSeen expected{LockState::held, LockKind::ofd,    true, 0, 500, 17, 4, 9,
                          "python3",       "queue.json.lock"};
  EXPECT_THAT(history.lock_looks[0].locks, ElementsAre(expected));
}

TEST(MergeConductor, ALockThatCannotBeIsADoubt) {
  Looked looked;
  looked.conductor.insert(looked.conductor.begin() + 4, stamped(39, EventType::lock, {4, 0, 0, 0}));
  const History history = looked.merged();
  EXPECT_THAT(history.doubts, testing::SizeIs(1));
  EXPECT_THAT(history.lock_looks, IsEmpty());
}

TEST(MergeSupervisor, DelaysAreFaultsAndNoKills) {
  Looked looked;
  looked.supervisor.clear();
  for (const EventType type : {EventType::planned, EventType::fired, EventType::released}) {
    Event event = stamped(5 + static_cast<std::int64_t>(looked.supervisor.size()), type, {9, 0, 0, 0}, 0);
    event.function = Function::delay;
    looked.supervisor.push_back(event);
  }
  looked.supervisor.push_back(stamped(9, EventType::end));
  const History history = looked.merged();
  EXPECT_THAT(history.doubts, IsEmpty());
  EXPECT_THAT(history.kills, IsEmpty());
  ASSERT_EQ(history.injectors.size(), 1U);
  EXPECT_EQ(history.injectors[0].fired, 1U);
  EXPECT_EQ(history.injectors[0].faults[0].planned_hold_ns, 9);
  EXPECT_EQ(history.injectors[0].faults[0].released_ns, 7);
}

}  // namespace
}  // namespace holdfast
