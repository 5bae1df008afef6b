#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <csignal>
#include <functional>
#include <map>

#include "harness/history/codec.h"
#include "harness/history/history.h"
#include "harness/history/merge_agent.h"
#include "harness/history/recorder.h"
#include "harness/history/testing_files.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t merged_run = 0xFEED;

Event event_of(EventType type, std::int64_t time_ns, std::uint64_t op = 0,
               std::array<std::uint64_t, 4> value = {}) {
  Event event;
  event.type = type;
  event.time_ns = time_ns;
  event.op = op;
  event.value = value;
  return event;
}

Event operation_event(EventType type, Function function, MessageId id, std::int64_t time_ns) {
  Event event = event_of(type, time_ns, id.packed());
  event.function = function;
  if (type == EventType::invoke) event.value = {static_cast<std::uint64_t>(time_ns), 2, 0, 0};
  return event;
}

Event seen_event(MessageId read, MessageId message, std::uint64_t position, bool intact = true) {
  Event event = operation_event(EventType::seen, Function::read, read, 0);
  event.value = {message.packed(), position, intact ? 1U : 0U, 0};
  return event;
}

Event call_event(std::uint32_t agent, std::int64_t received_ns, std::int64_t answered_ns,
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

Event process_event(EventType type, Role role, std::uint32_t index, std::uint64_t status = 0) {
  Event event = event_of(type, 1, 0, {static_cast<std::uint64_t>(role), status, 0, 0});
  event.process = index;
  event.pid = static_cast<std::int32_t>(1000 + index);
  return event;
}

// A run's directory: good as made, then broken by each test.
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

TEST(Merge, AGoodRunBecomesOneHistory) {
  RunFiles run;
  const auto merged = run.merged();
  ASSERT_TRUE(merged) << merged.error().message;
  const History& history = *merged;
  EXPECT_THAT(history.doubts, IsEmpty());
  EXPECT_THAT(history.warnings, IsEmpty());
  EXPECT_EQ(history.run_id, merged_run);
  EXPECT_EQ(history.started_ns, 1000);
  EXPECT_EQ(history.quiesced_ns, 5000);
  EXPECT_EQ(history.finished_ns, 9000);
  EXPECT_TRUE(history.complete);
  EXPECT_EQ(history.processes.size(), 3U);
  EXPECT_TRUE(history.processes[0].exited);
  EXPECT_THAT(history.standstills, ElementsAre(Standstill{2000, 2300}));
  EXPECT_EQ(history.exactness, (Exactness{3, 1}));
  EXPECT_EQ(history.disk_bytes_per_s, 500);
  EXPECT_EQ(history.disk_flush_ns, 60);
  EXPECT_THAT(history.machine, ElementsAre(Contention{1000, 2000, 900, 100, 300, 200, 70, 80, 90, 5},
                                           Contention{2000, 3000, 900, 0, {}, {}, {}, {}, 90}));

  ASSERT_EQ(history.operations.size(), 4U);
  const Operation& first = history.operations[0];
  EXPECT_EQ(first.function, Function::broadcast);
  EXPECT_EQ(first.outcome, Outcome::ok);
  EXPECT_EQ(first.invoke_ns, 1100);
  EXPECT_EQ(first.complete_ns, 1500);
  ASSERT_EQ(first.calls, 2U);
  const Call& refused = history.calls[first.first_call];
  EXPECT_EQ(refused.windows_code, 5);
  EXPECT_EQ(refused.os_error, 13);
  EXPECT_EQ(refused.answered_ns, 1210);
  EXPECT_EQ(refused.path, "/store/a.tmp");
  EXPECT_EQ(refused.destination, "/store/queue.json");
  ASSERT_EQ(refused.holders.size(), 1U);
  EXPECT_EQ(refused.holders[0].kind, HolderKind::injector);
  EXPECT_EQ(refused.holders[0].program, "scanner");
  EXPECT_EQ(refused.holders[0].path, "/store/queue.json");
  EXPECT_EQ(refused.holders[0].descriptor, 7);

  const Operation& read = history.operations[1];
  EXPECT_EQ(read.function, Function::read);
  EXPECT_EQ(read.calls, 0U);
  ASSERT_EQ(read.seen, 2U);
  EXPECT_EQ(history.seen[read.first_seen + 1].message, (MessageId{1, 0}));
  Event torn = seen_event({0, 0}, {1, 0}, 1, false);
  EXPECT_EQ(seen_of(torn).torn_size, 0U) << "older files do not have it";
  torn.value[3] = 49;
  EXPECT_EQ(seen_of(torn).torn_size, 49U);
  torn.value[3] = 0x10000;
  EXPECT_EQ(seen_of(torn).torn_size, 0U) << "too long";

  EXPECT_EQ(history.operations[2].calls, 1U);
  EXPECT_EQ(history.operations[3].outcome, Outcome::fail);
  EXPECT_EQ(history.operations[3].code, 28);
  EXPECT_EQ(history.texts[history.operations[3].error], "no space left");

  ASSERT_EQ(history.injectors.size(), 1U);
  EXPECT_EQ(history.injectors[0].planned, 2U);
  EXPECT_EQ(history.injectors[0].fired, 1U);
  ASSERT_EQ(history.injectors[0].faults.size(), 2U);
  EXPECT_EQ(history.injectors[0].faults[0].released_ns, 1450);
  EXPECT_EQ(history.injectors[0].faults[0].planned_hold_ns, 300);
  EXPECT_EQ(history.injectors[0].faults[1].fired_ns, 0);
}

TEST(Merge, AnInvokeWithoutAnswerMayOrMayNotBeDone) {
  RunFiles run;
  run.agent(1) = {operation_event(EventType::invoke, Function::broadcast, {1, 0}, 1200)};
  run.conductor()[6] = process_event(EventType::exited, Role::agent, 1, SIGKILL);
  const auto history = run.merged();
  EXPECT_THAT(history->doubts, IsEmpty());
  ASSERT_EQ(history->operations.size(), 3U);
  EXPECT_EQ(history->operations[2].outcome, Outcome::info);
  EXPECT_EQ(history->operations[2].complete_ns, 0);
  EXPECT_EQ(history->operations[2].calls, 1U);  // after the invoke, whenever
}

TEST(Merge, CallsOutsideAnyOperationAreKept) {
  RunFiles run;
  run.supervisor().insert(run.supervisor().begin(), call_event(1, 100, 101));
  run.supervisor().insert(run.supervisor().begin(), call_event(no_process, 1250, 1251));
  const auto history = run.merged();
  EXPECT_THAT(history->doubts, IsEmpty());
  ASSERT_EQ(history->calls.size(), 5U);
  EXPECT_EQ(history->calls[2].received_ns, 100);
  EXPECT_EQ(history->calls.back().agent, no_process);
  EXPECT_EQ(history->operations[2].calls, 1U);
  EXPECT_EQ(history->calls[history->operations[2].first_call].received_ns, 1250);
}

TEST(Merge, MarksTellHowTheRunEnded) {
  RunFiles run;
  run.conductor() = {process_event(EventType::spawned, Role::agent, 0),
                     process_event(EventType::spawned, Role::agent, 1),
                     event_of(EventType::mark, 1, 0, {4}),
                     event_of(EventType::mark, 2, 0, {5}),
                     event_of(EventType::leftover, 3),
                     event_of(EventType::end, 4)};
  run.conductor()[4].text = ".queue.json.1-2.tmp";
  const auto history = run.merged();
  EXPECT_TRUE(history->interrupted);
  EXPECT_TRUE(history->timed_out);
  EXPECT_FALSE(history->complete);
  EXPECT_THAT(history->leftovers, ElementsAre(Leftover{".queue.json.1-2.tmp"}));
}

TEST(Merge, WarningsAreShownOrDoubted) {
  RunFiles run;
  Event shown = event_of(EventType::warning, 1);
  shown.text = "two leases broke";
  Event grave = event_of(EventType::warning, 1, 0, {1});
  grave.text = "a call could not be decided";
  // Of a version that knows more kinds, and one that says which kind it is, and of how many.
  Event newer = event_of(EventType::warning, 1, 0, {1, 250});
  Event kind =
      event_of(EventType::warning, 1, 0, {1, static_cast<std::uint64_t>(DoubtKind::other_identity), 3});
  run.supervisor().insert(run.supervisor().begin(), {shown, grave, newer, kind});
  const auto history = run.merged();
  EXPECT_THAT(history->warnings, ElementsAre(Doubt{DoubtKind::other, "two leases broke", 1}));
  EXPECT_THAT(history->doubts,
              ElementsAre(Doubt{DoubtKind::other, "a call could not be decided", 1},
                          Doubt{DoubtKind::other, "", 1}, Doubt{DoubtKind::other_identity, "", 3}));
}

TEST(Merge, AnInjectorWithoutAFileFiredNothing) {
  RunFiles run;
  run.injector().clear();
  run.conductor()[7] = process_event(EventType::exited, Role::injector, 0, SIGKILL);
  const auto history = run.merged();
  EXPECT_THAT(history->doubts, IsEmpty());
  ASSERT_EQ(history->injectors.size(), 1U);
  EXPECT_EQ(history->injectors[0].fired, 0U);
}

// Each case breaks a good run in one way and names the one doubt that must come of it.
struct BrokenRun {
  const char* name;
  std::function<void(RunFiles&)> break_it;
  const char* doubt;
};

const Function broadcast_function = Function::broadcast;

std::vector<BrokenRun> broken_runs() {
  return {
      {"answer unasked",
       [](RunFiles& run) {
         run.agent(0).insert(run.agent(0).begin(),
                             operation_event(EventType::ok, broadcast_function, {0, 9}, 1));
       },
       "agent-0.events: event 1: an answer for 0-9, which is not being asked"},
      {"answered twice",
       [](RunFiles& run) { run.agent(0).insert(run.agent(0).begin() + 1, run.agent(0)[1]); },
       "agent-0.events: event 3: an answer for 0-0"},
      {"answer to another", [](RunFiles& run) { run.agent(0)[1].op = 77; },
       "agent-0.events: event 2: an answer for 0-77"},
      {"asked while asking", [](RunFiles& run) { run.agent(0).erase(run.agent(0).begin() + 1); },
       "agent-0.events: event 2: 0-0 is asked before 0-0 was answered"},
      {"seen without read",
       [](RunFiles& run) {
         run.agent(0).insert(run.agent(0).begin(), seen_event({0, 0}, {1, 0}, 0));
       },
       "agent-0.events: event 1: an entry read for 0-0"},
      {"seen after the answer", [](RunFiles& run) { std::swap(run.agent(0)[4], run.agent(0)[5]); },
       "event 6: an entry read for 0-0"},
      {"seen backwards", [](RunFiles& run) { std::swap(run.agent(0)[3], run.agent(0)[4]); },
       "event 5: entry 0-0 is at position 0"},
      {"clock backwards", [](RunFiles& run) { run.agent(0)[2].time_ns = 1499; },
       "event 3: time runs backwards, from 1500 to 1499 ns"},
      {"number backwards",
       [](RunFiles& run) {
         run.agent(1)[2] = operation_event(EventType::invoke, broadcast_function, {1, 0}, 1300);
       },
       "event 3: broadcast 1-0 comes after 1-0"},
      {"another's number",
       [](RunFiles& run) {
         run.agent(1)[2] = operation_event(EventType::invoke, broadcast_function, {0, 5}, 1300);
       },
       "event 3: 0-5 is asked of agent 1"},
      {"neither broadcast nor read", [](RunFiles& run) { run.agent(1)[2].function = Function::rename; },
       "event 3: 1-1 is asked, but it is neither"},
      {"an agent that writes calls",
       [](RunFiles& run) { run.agent(1).insert(run.agent(1).begin(), call_event(1, 1, 2)); },
       "agent-1.events: event 1: an event of type 20, which agents do not write"},
      {"torn outside",
       [](RunFiles& run) { run.agent(1).insert(run.agent(1).begin(), event_of(EventType::torn, 1)); },
       "event 1: a torn load for 0-0"},
      {"agent's file cut", [](RunFiles& run) { run.agent(1).pop_back(); },
       "agent-1.events: cut short: its writer ended well"},
      {"agent's file of nobody",
       [](RunFiles& run) {
         run.events[{Role::agent, 5}] = {event_of(EventType::end, 1)};
       },
       "agent-5.events: its writer was never started"},
      {"agent's file missing", [](RunFiles& run) { run.agent(1).clear(); },
       "agent-1.events: missing, though its writer ended well"},
      {"injector's file cut", [](RunFiles& run) { run.injector().pop_back(); },
       "injector-0.events: cut short"},
      {"supervisor's file missing", [](RunFiles& run) { run.supervisor().clear(); },
       "supervisor.events: missing"},
      {"supervisor's file cut", [](RunFiles& run) { run.supervisor().pop_back(); },
       "supervisor.events: cut short"},
      {"conductor's file cut", [](RunFiles& run) { run.conductor().pop_back(); },
       "conductor.events: cut short"},
      {"holder of nothing",
       [](RunFiles& run) { run.supervisor().insert(run.supervisor().begin(), run.supervisor()[1]); },
       "supervisor.events: event 1: a holder that belongs to no call"},
      {"more missed than decided", [](RunFiles& run) { run.supervisor()[4].value[1] = 4; },
       "4 of 3 refusals missed"},
      {"exactness twice",
       [](RunFiles& run) { run.supervisor().insert(run.supervisor().begin() + 4, run.supervisor()[4]); },
       "1 of 3 refusals missed"},
      {"holder missing", [](RunFiles& run) { run.supervisor().erase(run.supervisor().begin() + 1); },
       "supervisor.events: event 2: 1 holders of a refused call are missing"},
      {"holder of unknown kind", [](RunFiles& run) { run.supervisor()[1].value[0] = 77; }, "unknown kind 77"},
      {"call answered before it came", [](RunFiles& run) { run.supervisor()[2].value[0] = 3; },
       "a call was answered at 3 ns, before it came at 1250 ns"},
      {"call of no trapped function", [](RunFiles& run) { run.supervisor()[2].function = Function::read; },
       "a call of function 2, which is not trapped"},
      {"call of a stranger", [](RunFiles& run) { run.supervisor()[2].process = 77; },
       "supervisor.events: 1 calls are of agents that were never started, such as agent 77"},
      {"call of agent 4 billion", [](RunFiles& run) { run.supervisor()[2].process = 4'000'000'000; },
       "a call of agent 4000000000, more than a run can have"},
      {"fired unplanned", [](RunFiles& run) { run.injector()[1].op = 9; },
       "injector-0.events: event 2: fault 9 fired, but it was never planned"},
      {"released unfired", [](RunFiles& run) { run.injector()[2].op = 9; },
       "fault 9 released, but it was never planned"},
      {"fired twice",
       [](RunFiles& run) { run.injector().insert(run.injector().begin() + 1, run.injector()[1]); },
       "fault 1 fired twice"},
      {"planned backwards", [](RunFiles& run) { run.injector()[3].op = 1; },
       "fault 1 is planned after fault 1"},
      {"unknown mark", [](RunFiles& run) { run.conductor()[3].value[0] = 77; }, "unknown mark 77"},
      {"standstill of the future", [](RunFiles& run) { run.conductor()[8].value[1] = 8001; },
       "the disk stood still from 2000 to 8001 ns"},
      {"standstill backwards", [](RunFiles& run) { run.conductor()[8].value[0] = 2301; },
       "the disk stood still from 2301 to 2300 ns"},
      {"standstill twice at once",
       [](RunFiles& run) {
         run.conductor().insert(run.conductor().begin() + 9,
                                event_of(EventType::standstill, 8000, 0, {2299, 2400}));
       },
       "the disk stood still from 2299 to 2400 ns"},
      {"machine of the future", [](RunFiles& run) { run.conductor()[10].value[1] = 8001; },
       "the machine was looked at from 1000 to 8001 ns"},
      {"machine backwards", [](RunFiles& run) { run.conductor()[12].value[0] = 1999; },
       "the machine was looked at from 1999 to 3000 ns"},
      {"disk of no time", [](RunFiles& run) { run.conductor().erase(run.conductor().begin() + 10); },
       "what a disk did, and not when"},
      {"marks out of order", [](RunFiles& run) { run.conductor()[4].time_ns = 10; }, "not in that order"},
      {"end of nobody", [](RunFiles& run) { run.conductor()[6].process = 44; },
       "process 44 (pid 1001) ended"},
      {"unknown role", [](RunFiles& run) { run.conductor()[2].value[0] = 9; }, "a process of unknown role 9"},
  };
}

TEST(Merge, WhatCannotBeIsADoubtAndTheRestIsKept) {
  for (const BrokenRun& broken : broken_runs()) {
    RunFiles run;
    broken.break_it(run);
    const auto history = run.merged();
    ASSERT_TRUE(history) << broken.name;
    EXPECT_THAT(texts_of(history->doubts), testing::Contains(HasSubstr(broken.doubt))) << broken.name;
    EXPECT_GE(history->operations.size(), 2U) << broken.name;
  }
}

TEST(Merge, SaysWhoseRecordIsNotWhole) {
  const std::vector<std::uint32_t> nobody;
  const auto in_doubt = [](const std::function<void(RunFiles&)>& break_it) {
    RunFiles run;
    break_it(run);
    const auto history = run.merged();
    return std::pair(history->agents_in_doubt, history->calls_in_doubt);
  };
  const std::vector<std::uint32_t> second{1};
  EXPECT_EQ(in_doubt([](RunFiles&) {}), std::pair(nobody, false));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.agent(1).clear(); }), std::pair(second, false));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.agent(1).pop_back(); }), std::pair(second, false));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.agent(1)[1].op = 77; }), std::pair(second, false));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.supervisor().clear(); }), std::pair(nobody, true));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.supervisor().pop_back(); }), std::pair(nobody, true));
  EXPECT_EQ(in_doubt([](RunFiles& run) { run.supervisor()[1].value[0] = 77; }), std::pair(nobody, true));
  // Killed, it wrote down all that it did, though no end.
  EXPECT_EQ(in_doubt([](RunFiles& run) {
              run.agent(1).pop_back();
              run.conductor()[6] = process_event(EventType::exited, Role::agent, 1, SIGKILL);
            }),
            std::pair(nobody, false));
}

TEST(Merge, ManyDoubtsOfOneKindAreOneSentence) {
  RunFiles run;
  for (int i = 0; i < 5000; ++i) {
    run.agent(0).insert(run.agent(0).begin(), operation_event(EventType::ok, Function::broadcast, {0, 9}, 1));
  }
  EXPECT_THAT(texts_of(run.merged()->doubts), ElementsAre(HasSubstr("(and 4999 more like it)")));
}

TEST(Merge, DamageIsADoubtWithItsPlaceAndWhatCameBeforeIsKept) {
  RunFiles run;
  ASSERT_TRUE(run.merged());
  std::string bytes = run.bytes_of(Role::agent, 0);
  bytes[4 * 64] = static_cast<char>(bytes[4 * 64] ^ 4);
  run.agent(0).clear();
  write_bytes(run.path_of(Role::agent, 0), bytes);
  const auto history = run.merged();
  EXPECT_THAT(texts_of(history->doubts),
              ElementsAre(HasSubstr("agent-0.events: byte offset 256: the record's check")));
  EXPECT_THAT(history->agents_in_doubt, ElementsAre(0U));
  EXPECT_EQ(history->operations[0].outcome, Outcome::ok);
  EXPECT_EQ(history->operations[1].function, Function::read);
  EXPECT_EQ(history->operations[1].outcome, Outcome::info);  // a read cut short is no read
}

TEST(Merge, ForeignFilesAreDoubted) {
  RunFiles run;
  ASSERT_TRUE(run.merged());
  const auto other_run = FileHeader{Role::agent, 2, 1, merged_run + 1, 0, 0};
  const auto other_index = FileHeader{Role::agent, 9, 1, merged_run, 0, 0};
  write_bytes(run.path_of(Role::agent, 2), encode_file(other_run, run.agent(0)));
  write_bytes(run.path_of(Role::agent, 3), encode_file(other_index, run.agent(0)));
  std::filesystem::create_directory(run.path_of(Role::agent, 4));
  std::filesystem::create_symlink(run.path_of(Role::agent, 0), run.path_of(Role::agent, 5));
  write_bytes(run.path_of(Role::agent, 6), "");
  write_bytes(run.path_of(Role::agent, 4'000'000'000), "");
  write_bytes(run.directory() / "events" / "agent-007.events", "");
  write_bytes(run.directory() / "events" / "notes.txt", "");
  const auto history = run.merged();
  ASSERT_TRUE(history);
  EXPECT_THAT(
      texts_of(history->doubts),
      ElementsAre("agent-007.events: not the name of an event file of a run",
                  HasSubstr("agent-2.events: it belongs to run 000000000000feee"),
                  HasSubstr("agent-3.events: its header names another writer"),
                  "agent-4.events: not a regular file", "agent-5.events: a symbolic link, not an event file",
                  "agent-6.events: byte offset 0: the file is empty",
                  "agent-4000000000.events: no run has that many processes"));
  EXPECT_THAT(texts_of(history->warnings), ElementsAre(HasSubstr("notes.txt")));
  EXPECT_EQ(history->operations.size(), 4U);
}

TEST(Merge, WithoutAConductorThereIsNoRun) {
  const TestDirectory empty;
  EXPECT_EQ(merge(empty.path()).error().code, Code::not_found);
  EXPECT_THAT(merge(empty.path()).error().message, HasSubstr(empty.path().string()));
  RunFiles run;
  run.conductor().clear();
  EXPECT_EQ(run.merged().error().code, Code::not_found);
  write_bytes(run.path_of(Role::conductor), "rubbish");
  EXPECT_EQ(run.merged().error().code, Code::corrupt);
  EXPECT_THAT(run.merged().error().message, HasSubstr("conductor.events: byte offset 0"));
}

// Any events at all, sealed or not: a History comes out, its ranges lie inside its vectors, and twice
// is the same.
RC_GTEST_PROP(MergeProperty, AnythingAtAllIsMergedSafely, ()) {
  RunFiles run;
  const auto any_list = rc::gen::container<std::vector<Event>>(rc::gen::exec([] {
    Event event =
        event_of(*rc::gen::element(EventType::invoke, EventType::ok, EventType::fail, EventType::info,
                                   EventType::seen, EventType::torn, EventType::call, EventType::holder,
                                   EventType::planned, EventType::fired, EventType::released,
                                   EventType::spawned, EventType::exited, EventType::mark),
                 *rc::gen::inRange<std::int64_t>(0, 50));
    event.function = *rc::gen::element(Function::broadcast, Function::read, Function::rename);
    event.process = *rc::gen::element(0U, 1U, 2U, no_process);
    event.op = MessageId{*rc::gen::inRange(0U, 2U), *rc::gen::inRange(0U, 4U)}.packed();
    event.value = {*rc::gen::inRange<std::uint64_t>(0, 7), *rc::gen::arbitrary<std::uint64_t>(),
                   *rc::gen::inRange<std::uint64_t>(0, 3), 0};
    return event;
  }));
  for (auto& [writer, list] : run.events) list = *any_list;
  run.conductor().push_back(event_of(EventType::end, 1));
  const auto history = run.merged();
  RC_ASSERT(history.has_value());
  for (const Operation& operation : history->operations) {
    RC_ASSERT(std::uint64_t{operation.first_call} + operation.calls <= history->calls.size());
    RC_ASSERT(std::uint64_t{operation.first_seen} + operation.seen <= history->seen.size());
    RC_ASSERT(operation.error < history->texts.size());
    RC_ASSERT(operation.complete_ns == 0 || operation.complete_ns >= operation.invoke_ns);
    for (std::uint32_t i = 0; i < operation.calls; ++i) {
      const Call& call = history->calls[operation.first_call + i];
      RC_ASSERT(call.agent == operation.agent && call.received_ns >= operation.invoke_ns);
      RC_ASSERT(operation.complete_ns == 0 || call.received_ns <= operation.complete_ns);
    }
  }
  const auto again = merge(run.directory());
  RC_ASSERT(again->doubts == history->doubts);
  RC_ASSERT(again->operations.size() == history->operations.size());
}

}  // namespace
}  // namespace holdfast
