// Agents that are killed by plan and started again, as merge tells of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

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

Event at(std::int64_t time_ns, EventType type, std::array<std::uint64_t, 4> value = {}) {
  Event event;
  event.type = type;
  event.time_ns = time_ns;
  event.value = value;
  return event;
}

Event of_process(Event event, std::uint32_t process, std::int32_t pid) {
  event.process = process;
  event.pid = pid;
  return event;
}

Event of_broadcast(std::int64_t time_ns, EventType type, std::uint32_t number) {
  Event event = at(time_ns, type, {static_cast<std::uint64_t>(time_ns), 1, 0, 0});
  event.function = Function::broadcast;
  event.op = MessageId{0, number}.packed();
  return event;
}

Event of_kill(std::int64_t time_ns, EventType type, std::uint64_t number, std::uint64_t victim) {
  Event event = of_process(at(time_ns, type, {0, victim, 0, 0}), 1, 500);
  event.op = number;
  if (type == EventType::fired) event.text = std::string("write\0/s/.queue.json.1-2.tmp", 28);
  return event;
}

// One agent, killed once and started again; injector 0 is another kind's, injector 1 kills.
struct KilledOnce {
  std::uint64_t agent = static_cast<std::uint64_t>(Role::agent);
  std::vector<Event> conductor = {
      of_process(at(1, EventType::spawned, {agent, 0, 0, 0}), 0, 500),
      at(2, EventType::mark, {1, 0, 0, 0}),
      of_process(at(30, EventType::exited, {agent, SIGKILL, 0, 1}), 0, 500),
      of_process(at(31, EventType::spawned, {agent, 0, 0, 0}), 0, 501),
      at(60, EventType::mark, {2, 0, 0, 0}),
      of_process(at(70, EventType::exited, {agent, 0, 0, 0}), 0, 501),
      at(80, EventType::mark, {3, 0, 0, 0}),
      at(81, EventType::end),
  };
  std::vector<Event> supervisor = {
      of_kill(20, EventType::planned, 0, 0),
      of_kill(20, EventType::fired, 0, 0),
      [] {
        Event event = of_process(at(50, EventType::visited, {0, 2, 1, 0}), 1, 0);
        event.text = std::string("write *.tmp\0rename *.tmp", 24);
        return event;
      }(),
      at(90, EventType::end),
  };
  std::vector<Event> agent_0 = {
      of_broadcast(10, EventType::invoke, 0),
      of_broadcast(11, EventType::ok, 0),
      of_broadcast(12, EventType::invoke, 1),
      at(35, EventType::restarted),
      of_broadcast(36, EventType::invoke, 2),
      of_broadcast(37, EventType::ok, 2),
      at(65, EventType::end),
  };

  History merged() const {
    const TestDirectory directory;
    const auto events = directory.path() / "events";
    std::filesystem::create_directory(events);
    const auto put = [&](Role role, std::uint32_t index, const std::vector<Event>& written) {
      write_bytes(events / event_file_name(role, index), encode_file({role, index, 500, 7, 0, 0}, written));
    };
    put(Role::conductor, no_process, conductor);
    put(Role::supervisor, no_process, supervisor);
    put(Role::agent, 0, agent_0);
    return *merge(directory.path());
  }
};

TEST(MergeKill, WhatARestartCutsOffStaysUnanswered) {
  const History history = KilledOnce().merged();
  EXPECT_THAT(history.doubts, IsEmpty());
  EXPECT_TRUE(history.agents_in_doubt.empty());
  ASSERT_EQ(history.operations.size(), 3U);
  EXPECT_EQ(history.operations[1].outcome, Outcome::info);
  EXPECT_EQ(history.operations[1].complete_ns, 0);
  EXPECT_EQ(history.operations[2].outcome, Outcome::ok);
}

TEST(MergeKill, IsToldFromACrash) {
  KilledOnce run;
  const History history = run.merged();
  ASSERT_EQ(history.processes.size(), 2U);
  EXPECT_TRUE(history.processes[0].killed_by_plan);
  EXPECT_FALSE(history.processes[1].killed_by_plan);
  run.conductor[2].value[3] = 0;
  EXPECT_FALSE(run.merged().processes[0].killed_by_plan);
}

TEST(MergeKill, ReachesTheInjectorsRecord) {
  const History history = KilledOnce().merged();
  ASSERT_EQ(history.injectors.size(), 1U);
  const InjectorRecord& record = history.injectors[0];
  EXPECT_EQ(record.index, 1U);
  EXPECT_EQ(record.planned, 1U);
  EXPECT_EQ(record.fired, 1U);
  ASSERT_EQ(record.walks.size(), 1U);
  EXPECT_EQ(record.walks[0].points, 2U);
  EXPECT_EQ(record.walks[0].visited, 1U);
  EXPECT_FALSE(record.walks[0].complete);
  EXPECT_THAT(record.walks[0].calls, ElementsAre("write *.tmp", "rename *.tmp"));
  ASSERT_EQ(history.kills.size(), 1U);
  EXPECT_EQ(history.kills[0].agent, 0U);
  EXPECT_EQ(history.kills[0].injector, 1U);
  EXPECT_EQ(history.kills[0].time_ns, 20);
  EXPECT_EQ(history.kills[0].call, "write");
  EXPECT_EQ(history.kills[0].path, "/s/.queue.json.1-2.tmp");
}

TEST(MergeKill, WhatCannotBeIsADoubt) {
  KilledOnce unplanned;
  unplanned.supervisor.erase(unplanned.supervisor.begin());
  EXPECT_THAT(texts_of(unplanned.merged().doubts), ElementsAre(HasSubstr("never planned")));
  KilledOnce too_many;
  too_many.supervisor[0].process = too_many.supervisor[1].process = no_process;
  EXPECT_THAT(texts_of(too_many.merged().doubts),
              ElementsAre(HasSubstr("more than a run can have (and 1 more")));
  KilledOnce backwards;
  backwards.agent_0[3].time_ns = 1;
  EXPECT_THAT(texts_of(backwards.merged().doubts), ElementsAre(HasSubstr("time runs backwards")));
}

}  // namespace
}  // namespace holdfast
